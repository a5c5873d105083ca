package io.kiln.nn.layer;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import java.util.Map;
import java.util.function.Function;

/**
 * Where a layer stands in its network: the dotted path, and the source of its parameters.
 *
 * <p>The same {@code forward} runs when the network is first declared (the source then notes names,
 * shapes and initial values) and on each tape afterwards (the source then hands out the network's
 * own parameters).
 */
public final class Scope {
  /** Where parameters come from. */
  interface Source {
    /** The parameter of that full name on the tape being recorded. */
    Var parameter(String name, Shape shape, Params.Role role, Init init);

    /** Whether training leaves the parameter of that full name as it is. */
    default boolean isFrozen(String name) {
      return false;
    }
  }

  static final Map<String, Var> NONE = Map.of();

  private final Source source;
  private final Tape tape;
  private final String path;
  private final boolean training;
  private final Map<String, Var> outputs;

  Scope(Source source, Tape tape, String path, boolean training) {
    this(source, tape, path, training, NONE);
  }

  Scope(Source source, Tape tape, String path, boolean training, Map<String, Var> outputs) {
    this.outputs = outputs;
    this.source = source;
    this.tape = tape;
    this.path = path;
    this.training = training;
  }

  /**
   * The scope of a layer that is run alone, on a tape of the caller's.
   *
   * @param training whether it is a training pass
   * @param parameters the leaf of each name that the layer asks for, such as {@code weight}
   */
  public static Scope alone(Tape tape, boolean training, Function<String, Var> parameters) {
    return new Scope(
        (name, shape, role, init) -> {
          Var leaf = parameters.apply(name);
          if (leaf == null || !leaf.shape().equals(shape)) {
            throw new IllegalArgumentException(
                "layer: '"
                    + name
                    + "' is "
                    + (leaf == null ? "missing" : leaf.shape())
                    + " but "
                    + shape
                    + " is needed; give a leaf of that shape");
          }
          return leaf;
        },
        tape,
        "",
        training);
  }

  /** The tape being recorded. */
  public Tape tape() {
    return tape;
  }

  /** Whether this is a training pass: dropout drops. */
  public boolean training() {
    return training;
  }

  /**
   * Whether this pass may change the parameter or statistic of that name: it is a training pass,
   * and the name is not frozen.
   */
  public boolean trains(String name) {
    return training && !source.isFrozen(full(name));
  }

  /** Dotted path of the layer, empty at the top. */
  public String path() {
    return path;
  }

  /** A trainable weight, subject to weight decay. */
  public Var weight(String name, Shape shape, Init init) {
    return source.parameter(full(name), shape, Params.Role.WEIGHT, init);
  }

  /** A trainable bias, gain or offset: no weight decay. */
  public Var bias(String name, Shape shape, Init init) {
    return source.parameter(full(name), shape, Params.Role.BIAS, init);
  }

  /** Running statistics, which ops write in training and nothing differentiates. */
  public Var buffer(String name, Shape shape, Init init) {
    return source.parameter(full(name), shape, Params.Role.BUFFER, init);
  }

  /** Records a layer inside this one, under a name. */
  public Var apply(String name, Layer layer, Var x) {
    String outer = tape.scope();
    Scope inner = new Scope(source, tape, full(name), training, outputs);
    tape.scope(inner.path);
    Var y = layer.forward(inner, x);
    tape.scope(outer);
    if (outputs != NONE) {
      outputs.put(inner.path, y);
    }
    return y;
  }

  /** A number for this place in the network, from which its random draws are keyed. */
  public long site(String name) {
    return Network.hash(full(name));
  }

  private String full(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
