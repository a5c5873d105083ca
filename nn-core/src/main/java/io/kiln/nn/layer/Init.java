package io.kiln.nn.layer;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/** How a parameter gets its initial values: a function of its shape and of random numbers. */
@FunctionalInterface
public interface Init {
  /** Fills w; draws are functions of the element's index. */
  void fill(Tensor w, CounterRng rng);

  /** All zero. */
  static Init zeros() {
    return constant(0);
  }

  /** All the same. */
  static Init constant(double value) {
    return (w, rng) -> w.fill(value);
  }

  /** Normal with that deviation and mean 0. */
  static Init normal(double deviation) {
    return (w, rng) -> {
      for (int i = 0; i < w.count(); i++) {
        w.set(i, deviation * rng.normal(i));
      }
    };
  }

  /** Uniform in [−bound, bound). */
  static Init uniform(double bound) {
    return (w, rng) -> {
      for (int i = 0; i < w.count(); i++) {
        w.set(i, bound * (2 * rng.uniform(i) - 1));
      }
    };
  }

  /**
   * Uniform in ±1/√fan-in: what PyTorch's Linear and Conv2d do by default (kaiming_uniform with a =
   * √5).
   */
  static Init fanIn() {
    return (w, rng) -> uniform(1 / Math.sqrt(Math.max(1, fanIn(w.shape())))).fill(w, rng);
  }

  /** He normal, deviation √(2 / fan-in): He et al. 2015, "Delving deep into rectifiers". */
  static Init heNormal() {
    return (w, rng) -> normal(Math.sqrt(2.0 / fanIn(w.shape()))).fill(w, rng);
  }

  /** He uniform, bound √(6 / fan-in). */
  static Init heUniform() {
    return (w, rng) -> uniform(Math.sqrt(6.0 / fanIn(w.shape()))).fill(w, rng);
  }

  /**
   * He normal by the outputs, deviation √(2 / fan-out): keeps the size of gradients instead of that
   * of activations.
   */
  static Init heNormalFanOut() {
    return (w, rng) -> normal(Math.sqrt(2.0 / fanOut(w.shape()))).fill(w, rng);
  }

  /** He uniform by the outputs, bound √(6 / fan-out). */
  static Init heUniformFanOut() {
    return (w, rng) -> uniform(Math.sqrt(6.0 / fanOut(w.shape()))).fill(w, rng);
  }

  /** Normal, drawn again where it is more than two deviations from 0. */
  static Init truncatedNormal(double deviation) {
    return new RandomMatrices.TruncatedNormal(deviation);
  }

  /**
   * Orthogonal rows or columns, whichever are fewer, of the weight as a matrix [out, rest], times a
   * gain: Saxe, McClelland and Ganguli 2014.
   */
  static Init orthogonal(double gain) {
    return new RandomMatrices.Orthogonal(gain);
  }

  /**
   * Filters that pass a channel on: filter i of [filters, c, …] has a 1 in the middle of channel i,
   * as PyTorch's dirac_; filters from c on, and weights that are no windows, are filled by another.
   */
  static Init dirac(Init others) {
    return (w, rng) -> {
      others.fill(w, rng);
      Shape shape = w.shape();
      int channels = shape.rank() < 3 ? 0 : Math.min(shape.size(0), shape.size(1));
      int plane = shape.rank() < 3 ? 0 : shape.count(2, shape.rank());
      int middle = 0;
      for (int axis = 2; axis < shape.rank(); axis++) {
        middle = middle * shape.size(axis) + shape.size(axis) / 2;
      }
      for (int i = 0; i < channels; i++) {
        int filter = i * shape.count(1, shape.rank());
        for (int at = filter; at < filter + shape.count(1, shape.rank()); at++) {
          w.set(at, at == filter + i * plane + middle ? 1 : 0);
        }
      }
    };
  }

  /** Xavier normal, deviation √(2 / (fan-in + fan-out)): Glorot and Bengio 2010. */
  static Init xavierNormal() {
    return (w, rng) -> normal(Math.sqrt(2.0 / (fanIn(w.shape()) + fanOut(w.shape())))).fill(w, rng);
  }

  /** Xavier uniform, bound √(6 / (fan-in + fan-out)). */
  static Init xavierUniform() {
    return (w, rng) ->
        uniform(Math.sqrt(6.0 / (fanIn(w.shape()) + fanOut(w.shape())))).fill(w, rng);
  }

  /** LeCun normal, deviation √(1 / fan-in): LeCun et al. 1998, "Efficient backprop". */
  static Init lecunNormal() {
    return (w, rng) -> normal(Math.sqrt(1.0 / fanIn(w.shape()))).fill(w, rng);
  }

  /** Inputs of one output: all axes of a weight [out, in, …] but the first. */
  static int fanIn(Shape shape) {
    return shape.rank() < 2 ? shape.count() : shape.count(1, shape.rank());
  }

  /** Outputs of one input: all axes of a weight [out, in, …] but the second. */
  static int fanOut(Shape shape) {
    return shape.rank() < 2 ? shape.count() : shape.count() / Math.max(1, shape.size(1));
  }

  /**
   * Reads {@code init}: a name (fan-in, he-normal, orthogonal, …) or a section such as {@code
   * {type: normal, deviation: 0.01}}, {@code {type: he-normal, mode: fan-out}}, {@code {type:
   * orthogonal, gain: 1.4}}.
   */
  static Init from(Settings settings, String key, Init fallback) {
    Object value = settings.raw(key);
    if (value == null) {
      return fallback;
    }
    if (!(value instanceof java.util.Map<?, ?>)) {
      return named(settings.path(key), String.valueOf(value));
    }
    Settings section = settings.section(key);
    String type = section.text("type");
    Init init =
        switch (type) {
          case "constant" -> constant(section.number("value"));
          case "normal" -> normal(section.number("deviation"));
          case "uniform" -> uniform(section.number("bound"));
          case "truncated-normal" -> truncatedNormal(section.number("deviation"));
          case "dirac" -> dirac(from(section, "others", zeros()));
          case "whitening" -> whitening(section);
          case "orthogonal" -> orthogonal(section.number("gain", 1));
          case "he-normal" -> isFanOut(section) ? heNormalFanOut() : heNormal();
          case "he-uniform" -> isFanOut(section) ? heUniformFanOut() : heUniform();
          default -> named(section.path("type"), type);
        };
    section.finish();
    return init;
  }

  private static Init whitening(Settings section) {
    return new Whitening(
        section.within(0, Double.POSITIVE_INFINITY, "epsilon", Whitening.DEFAULT.epsilon()),
        section.atLeast(1, "samples", Whitening.DEFAULT.samples()));
  }

  private static boolean isFanOut(Settings section) {
    return section.choice("mode", "fan-in", "fan-in", "fan-out").equals("fan-out");
  }

  private static Init named(String where, String name) {
    return switch (name) {
      case "orthogonal" -> orthogonal(1);
      case "dirac" -> dirac(zeros());
      case "whitening" -> Whitening.DEFAULT;
      case "zeros" -> zeros();
      case "fan-in" -> fanIn();
      case "he-normal" -> heNormal();
      case "he-uniform" -> heUniform();
      case "xavier-normal" -> xavierNormal();
      case "xavier-uniform" -> xavierUniform();
      case "lecun-normal" -> lecunNormal();
      default ->
          throw new ConfigException(
              where
                  + ": '"
                  + name
                  + "' is not known; use one of zeros, fan-in, he-normal, he-uniform, xavier-normal,"
                  + " xavier-uniform, lecun-normal, orthogonal, dirac, whitening, or a section with type"
                  + " constant, normal, uniform, truncated-normal, orthogonal, or he-normal and he-uniform with mode:"
                  + " fan-out");
    };
  }
}
