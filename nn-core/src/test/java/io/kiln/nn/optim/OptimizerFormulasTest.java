package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each optimizer against its paper's equations, written out here for one number at a time, over
 * several steps with weight decay, on gradients that are sums over four samples.
 */
class OptimizerFormulasTest {
  private static final int STEPS = 6;
  private static final double RATE = 0.05;
  private static final double WEIGHT = 4;
  private static final int COUNT = 5;

  /** The equations for one number: moves w given its mean gradient, keeps what it needs. */
  private interface Reference {
    double next(int t, double w, double g, double[] memory);
  }

  static Stream<Arguments> optimizers() {
    return Stream.of(
        row(
            "sgd with decay",
            Map.of("type", "sgd", "weight-decay", 0.1),
            (t, w, g, s) -> w - RATE * (g + 0.1 * w)),
        row("gradient descent", Map.of("type", "gradient-descent"), (t, w, g, s) -> w - RATE * g),
        row(
            "momentum with the rate outside",
            Map.of("type", "sgd", "momentum", 0.9, "dampening", 0.2, "weight-decay", 0.1),
            (t, w, g, s) -> {
              double gradient = g + 0.1 * w;
              s[0] = t == 1 ? gradient : 0.9 * s[0] + 0.8 * gradient;
              return w - RATE * s[0];
            }),
        row(
            "PyTorch's Nesterov",
            Map.of("type", "sgd", "momentum", 0.9, "nesterov", true),
            (t, w, g, s) -> {
              s[0] = 0.9 * s[0] + g;
              return w - RATE * (g + 0.9 * s[0]);
            }),
        row(
            "momentum with the rate inside",
            Map.of("type", "momentum", "momentum", 0.8),
            (t, w, g, s) -> {
              s[0] = 0.8 * s[0] - RATE * g;
              return w + s[0];
            }),
        row(
            "momentum, form rate-outside",
            Map.of("type", "momentum", "momentum", 0.8, "form", "rate-outside"),
            (t, w, g, s) -> {
              s[0] = 0.8 * s[0] + g;
              return w - RATE * s[0];
            }),
        row(
            "CS231n's Nesterov",
            Map.of("type", "nesterov", "momentum", 0.8),
            (t, w, g, s) -> {
              double before = s[0];
              s[0] = 0.8 * s[0] - RATE * g;
              return w - 0.8 * before + (1 + 0.8) * s[0];
            }),
        row(
            "AdaGrad",
            Map.of("type", "ada-grad", "initial", 0.01),
            (t, w, g, s) -> {
              s[0] += g * g;
              return w - RATE * g / (Math.sqrt(s[0] + 0.01) + 1e-10);
            }),
        row(
            "RMSProp",
            Map.of("type", "rms-prop", "alpha", 0.9, "weight-decay", 0.1),
            (t, w, g, s) -> {
              double gradient = g + 0.1 * w;
              s[0] = 0.9 * s[0] + 0.1 * gradient * gradient;
              return w - RATE * gradient / (Math.sqrt(s[0]) + 1e-8);
            }),
        row(
            "RMSProp, centered",
            Map.of("type", "rms-prop", "alpha", 0.9, "centered", true),
            (t, w, g, s) -> {
              s[0] = 0.9 * s[0] + 0.1 * g * g;
              s[1] = 0.9 * s[1] + 0.1 * g;
              return w - RATE * g / (Math.sqrt(s[0] - s[1] * s[1]) + 1e-8);
            }),
        row(
            "RMSProp with momentum",
            Map.of("type", "rms-prop", "alpha", 0.9, "momentum", 0.7),
            (t, w, g, s) -> {
              s[0] = 0.9 * s[0] + 0.1 * g * g;
              s[1] = 0.7 * s[1] + g / (Math.sqrt(s[0]) + 1e-8);
              return w - RATE * s[1];
            }),
        row(
            "RMSProp, centered with momentum",
            Map.of("type", "rms-prop", "alpha", 0.9, "momentum", 0.7, "centered", true),
            (t, w, g, s) -> {
              s[0] = 0.9 * s[0] + 0.1 * g * g;
              s[1] = 0.9 * s[1] + 0.1 * g;
              s[2] = 0.7 * s[2] + g / (Math.sqrt(s[0] - s[1] * s[1]) + 1e-8);
              return w - RATE * s[2];
            }),
        row(
            "Adam with decay in the gradient",
            Map.of("type", "adam", "weight-decay", 0.1),
            (t, w, g, s) -> w - RATE * adam(t, g + 0.1 * w, s, 1e-8)),
        row(
            "AdamW with its default decay",
            Map.of("type", "adam-w"),
            (t, w, g, s) -> w * (1 - RATE * 0.01) - RATE * adam(t, g, s, 1e-8)),
        row(
            "Adam, decoupled",
            Map.of("type", "adam", "weight-decay", 0.2, "decoupled", true),
            (t, w, g, s) -> w * (1 - RATE * 0.2) - RATE * adam(t, g, s, 1e-8)),
        row(
            "Adamax",
            Map.of("type", "adamax"),
            (t, w, g, s) -> {
              s[0] = 0.9 * s[0] + 0.1 * g;
              s[1] = Math.max(0.999 * s[1], Math.abs(g) + 1e-8);
              return w - RATE / (1 - Math.pow(0.9, t)) * s[0] / s[1];
            }),
        row(
            "Nadam",
            Map.of("type", "nadam"),
            (t, w, g, s) -> {
              s[0] = 0.9 * s[0] + 0.1 * g;
              s[1] = 0.999 * s[1] + 0.001 * g * g;
              double now = 0.9 * (1 - 0.5 * Math.pow(0.96, t * 0.004));
              double next = 0.9 * (1 - 0.5 * Math.pow(0.96, (t + 1) * 0.004));
              s[2] = (t == 1 ? 1 : s[2]) * now;
              double root = Math.sqrt(s[1] / (1 - Math.pow(0.999, t))) + 1e-8;
              double direction = (1 - now) * g / (1 - s[2]) + next * s[0] / (1 - s[2] * next);
              return w - RATE * direction / root;
            }),
        row(
            "Lion",
            Map.of("type", "lion", "weight-decay", 0.1),
            (t, w, g, s) -> {
              double direction = Math.signum(0.9 * s[0] + 0.1 * g);
              s[0] = 0.99 * s[0] + 0.01 * g;
              return w * (1 - RATE * 0.1) - RATE * direction;
            }),
        row(
            "AMSGrad",
            Map.of("type", "adam", "amsgrad", true, "weight-decay", 0.1, "beta2", 0.9),
            (t, w, g, s) -> {
              double gradient = g + 0.1 * w;
              s[0] = 0.9 * s[0] + 0.1 * gradient;
              s[1] = 0.9 * s[1] + 0.1 * gradient * gradient;
              s[2] = Math.max(s[2], s[1]);
              double root = Math.sqrt(s[2] / (1 - Math.pow(0.9, t)));
              return w - RATE * s[0] / (1 - Math.pow(0.9, t)) / (root + 1e-8);
            }),
        row(
            "AdamW with AMSGrad",
            Map.of("type", "adam-w", "amsgrad", true),
            (t, w, g, s) -> {
              s[0] = 0.9 * s[0] + 0.1 * g;
              s[1] = 0.999 * s[1] + 0.001 * g * g;
              s[2] = Math.max(s[2], s[1]);
              double root = Math.sqrt(s[2] / (1 - Math.pow(0.999, t)));
              return w * (1 - RATE * 0.01) - RATE * s[0] / (1 - Math.pow(0.9, t)) / (root + 1e-8);
            }),
        row(
            "Adam with Keras's ε",
            Map.of("type", "adam", "epsilon", 0.1, "epsilon-as", "keras"),
            (t, w, g, s) -> {
              s[0] = 0.9 * s[0] + 0.1 * g;
              s[1] = 0.999 * s[1] + 0.001 * g * g;
              double along = RATE * Math.sqrt(1 - Math.pow(0.999, t)) / (1 - Math.pow(0.9, t));
              return w - along * s[0] / (Math.sqrt(s[1]) + 0.1);
            }),
        row(
            "RMSprop with Keras's ε",
            Map.of("type", "rms-prop", "alpha", 0.9, "epsilon", 0.1, "epsilon-as", "keras"),
            (t, w, g, s) -> {
              s[0] = 0.9 * s[0] + 0.1 * g * g;
              return w - RATE * g / Math.sqrt(s[0] + 0.1);
            }),
        row(
            "RMSprop with Keras's ε, centered with momentum",
            Map.of(
                "type",
                "rms-prop",
                "alpha",
                0.9,
                "epsilon",
                0.1,
                "epsilon-as",
                "keras",
                "centered",
                true,
                "momentum",
                0.7),
            (t, w, g, s) -> {
              s[0] = 0.9 * s[0] + 0.1 * g * g;
              s[1] = 0.9 * s[1] + 0.1 * g;
              s[2] = 0.7 * s[2] + RATE * g / Math.sqrt(s[0] - s[1] * s[1] + 0.1);
              return w - s[2];
            }),
        row(
            "Adagrad with Keras's ε",
            Map.of("type", "adagrad", "initial", 0.1, "epsilon", 0.2, "epsilon-as", "keras"),
            (t, w, g, s) -> {
              s[0] += g * g;
              return w - RATE * g / Math.sqrt(s[0] + 0.1 + 0.2);
            }),
        row(
            "Adadelta",
            Map.of("type", "adadelta", "weight-decay", 0.1),
            (t, w, g, s) -> {
              double gradient = g + 0.1 * w;
              s[0] = 0.9 * s[0] + 0.1 * gradient * gradient;
              double move = gradient * Math.sqrt(s[1] + 1e-6) / Math.sqrt(s[0] + 1e-6);
              s[1] = 0.9 * s[1] + 0.1 * move * move;
              return w - RATE * move;
            }),
        row(
            "Ftrl",
            Map.of("type", "ftrl", "l1", 0.3, "l2", 0.2),
            (t, w, g, s) -> {
              double before = 0.1 + s[0];
              double after = before + g * g;
              s[1] += g - (Math.sqrt(after) - Math.sqrt(before)) / RATE * w;
              s[0] = after - 0.1;
              return Math.abs(s[1]) <= 0.3
                  ? 0
                  : -(s[1] - Math.signum(s[1]) * 0.3) / (Math.sqrt(after) / RATE + 2 * 0.2);
            }),
        row(
            "L1 decay",
            Map.of("type", "sgd", "l1-decay", 0.3),
            (t, w, g, s) -> w - RATE * (g + 0.3 * Math.signum(w))),
        row(
            "clipping by value",
            Map.of("type", "sgd", "clip-value", 0.5),
            (t, w, g, s) -> w - RATE * Math.max(-0.5, Math.min(0.5, g))));
  }

  private static double adam(int t, double g, double[] s, double epsilon) {
    s[0] = 0.9 * s[0] + 0.1 * g;
    s[1] = 0.999 * s[1] + 0.001 * g * g;
    double mean = s[0] / (1 - Math.pow(0.9, t));
    double square = s[1] / (1 - Math.pow(0.999, t));
    return mean / (Math.sqrt(square) + epsilon);
  }

  private static Arguments row(String name, Map<String, Object> settings, Reference reference) {
    return Arguments.of(name, settings, reference);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void stepsAreThoseOfTheEquations(String name, Map<String, Object> settings, Reference reference) {
    Params params = Rules.params(DType.FLOAT64, COUNT);
    Tensor gradient = Tensor.zeros(Shape.of(COUNT), DType.FLOAT64);
    ParameterUpdate update = new ParameterUpdate(rule(settings), params, gradient);
    double[] w = params.trainable().toArray();
    double[][] memory = new double[COUNT][3];
    CounterRng rng = CounterRng.of(9);
    for (int t = 1; t <= STEPS; t++) {
      for (int i = 0; i < COUNT; i++) {
        double g = rng.normal(t * COUNT + i);
        gradient.set(i, WEIGHT * g);
        w[i] = reference.next(t, w[i], g, memory[i]);
      }
      update.apply(new Schedule.Position(t - 1, 1, STEPS), WEIGHT);
      assertThat(params.trainable().toArray()).containsExactly(w, within(1e-12));
    }
  }

  private static ParameterUpdate.Rule rule(Map<String, Object> settings) {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.put("learning-rate", RATE);
    return ParameterUpdate.Rule.from(Settings.of("optimizer", all));
  }

  @ParameterizedTest
  @MethodSource("layerwise")
  void ratiosAreThoseOfEachWeightAlone(Map<String, Object> settings, LayerReference reference) {
    Params params = Rules.params(DType.FLOAT64, 3, 4);
    Tensor gradient = Tensor.zeros(Shape.of(7), DType.FLOAT64);
    ParameterUpdate update = new ParameterUpdate(rule(settings), params, gradient);
    double[] w = params.trainable().toArray();
    double[][] memory = new double[2][7];
    CounterRng rng = CounterRng.of(10);
    for (int t = 1; t <= STEPS; t++) {
      double[] g = new double[7];
      for (int i = 0; i < 7; i++) {
        g[i] = rng.normal(t * 7 + i);
        gradient.set(i, WEIGHT * g[i]);
      }
      reference.next(t, w, g, memory, 0, 3);
      reference.next(t, w, g, memory, 3, 7);
      update.apply(new Schedule.Position(t - 1, 1, STEPS), WEIGHT);
      assertThat(params.trainable().toArray()).containsExactly(w, within(1e-12));
    }
  }

  /** The equations for the numbers of one weight. */
  private interface LayerReference {
    void next(int t, double[] w, double[] g, double[][] memory, int from, int to);
  }

  static Stream<Arguments> layerwise() {
    LayerReference lars =
        (t, w, g, memory, from, to) -> {
          double length = norm(w, from, to);
          double ratio = 0.02 * length / (norm(g, from, to) + 0.1 * length + 1e-8);
          for (int i = from; i < to; i++) {
            memory[0][i] = 0.9 * memory[0][i] + RATE * ratio * (g[i] + 0.1 * w[i]);
            w[i] -= memory[0][i];
          }
        };
    LayerReference lamb =
        (t, w, g, memory, from, to) -> {
          double[] u = new double[w.length];
          for (int i = from; i < to; i++) {
            double[] moments = {memory[0][i], memory[1][i]};
            u[i] = adam(t, g[i], moments, 1e-6) + 0.1 * w[i];
            memory[0][i] = moments[0];
            memory[1][i] = moments[1];
          }
          double ratio = norm(w, from, to) / norm(u, from, to);
          for (int i = from; i < to; i++) {
            w[i] -= RATE * ratio * u[i];
          }
        };
    LayerReference clipped =
        (t, w, g, memory, from, to) -> {
          double length = norm(g, from, to);
          for (int i = from; i < to; i++) {
            w[i] -= RATE * g[i] * Math.min(1, 1.5 / length);
          }
        };
    return Stream.of(
        Arguments.of(Map.of("type", "lars", "trust", 0.02, "weight-decay", 0.1), lars),
        Arguments.of(Map.of("type", "lamb", "weight-decay", 0.1), lamb),
        Arguments.of(Map.of("type", "sgd", "clip-norm-each", 1.5), clipped));
  }

  private static double norm(double[] x, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += x[i] * x[i];
    }
    return Math.sqrt(sum);
  }
}
