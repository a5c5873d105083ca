package io.kiln.nn.layer;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A model with its parameters: what is trained, saved and loaded.
 *
 * <p>Made by recording the model once for one sample, which gives every parameter its name, shape
 * and initial value, and every layer its output shape.
 */
public final class Network {
  private final Model model;
  private final SampleSpec spec;
  private final Params params;
  private final Shape output;

  private Network(Model model, SampleSpec spec, Params params, Shape output) {
    this.model = model;
    this.spec = spec;
    this.params = params;
    this.output = output;
  }

  /**
   * A network with initial values from a seed; nothing is frozen.
   *
   * @throws ConfigException if the layers do not fit together, naming the one that does not
   */
  public static Network of(Model model, SampleSpec spec, DType dtype, long seed) {
    return of(model, spec, dtype, seed, name -> false);
  }

  /** A network with initial values from a seed and some parameters frozen, by name. */
  public static Network of(
      Model model, SampleSpec spec, DType dtype, long seed, Predicate<String> frozen) {
    Tape tape = new Tape(dtype);
    Map<String, Params.Declared> declared = new LinkedHashMap<>();
    Map<String, Var> vars = new LinkedHashMap<>();
    Scope.Source source =
        (name, shape, role, init) -> {
          Var known = vars.get(name);
          if (known != null) {
            return shared(name, known, shape);
          }
          Tensor initial = Tensor.zeros(shape, dtype);
          init.fill(initial, CounterRng.of(seed, hash(name)));
          boolean fixed = role != Params.Role.BUFFER && frozen.test(name);
          declared.put(
              name, new Params.Declared(name, shape, fixed ? Params.Role.FROZEN : role, initial));
          Var leaf = tape.constant(initial);
          vars.put(name, leaf);
          return leaf;
        };
    Var output = declare(model, new Scope(source, tape, "", true), inputs(tape, spec, 1));
    Params params = Params.of(dtype, List.copyOf(declared.values()));
    return new Network(model, spec, params, output.shape().sample());
  }

  /** Records a model for the first time: what does not fit together shows here, and where. */
  private static Var declare(Model model, Scope scope, List<Var> inputs) {
    try {
      return model.forward(scope, inputs);
    } catch (IllegalArgumentException e) {
      String where = scope.tape().scope();
      String line = String.valueOf(e.getMessage());
      ConfigException named =
          new ConfigException(where.isEmpty() ? line : "layer " + where + ": " + line);
      named.initCause(e);
      throw named;
    }
  }

  private static Var shared(String name, Var known, Shape shape) {
    if (!known.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "network: '"
              + name
              + "' is "
              + known.shape()
              + " but is asked for again as "
              + shape
              + "; give the layers different names");
    }
    return known;
  }

  private static List<Var> inputs(Tape tape, SampleSpec spec, int n) {
    List<Var> inputs = new ArrayList<>();
    for (Shape shape : spec.inputs()) {
      inputs.add(tape.constant(Tensor.zeros(shape.batch(n), tape.dtype())));
    }
    return inputs;
  }

  /** The model. */
  public Model model() {
    return model;
  }

  /** What one sample looks like. */
  public SampleSpec spec() {
    return spec;
  }

  /** All parameters. */
  public Params params() {
    return params;
  }

  /** Width of the numbers. */
  public DType dtype() {
    return params.values().dtype();
  }

  /** What each layer is and costs, for one sample. */
  public Summary summary() {
    return Summary.of(this);
  }

  /** Shape of the output for one sample. */
  public Shape output() {
    return output;
  }

  /** Records the network for inference: no parameter has a gradient, layers behave as in use. */
  public Var record(Tape tape, List<Var> inputs) {
    Map<String, Var> vars = new LinkedHashMap<>();
    Scope.Source source =
        (name, shape, role, init) ->
            vars.computeIfAbsent(name, key -> tape.constant(params.value(key)));
    return model.forward(new Scope(source, tape, "", false), inputs);
  }

  /**
   * Records another function of this network's parameters for inference, such as one step of a
   * recurrent network; it may use only parameters that the model declared.
   */
  public Var record(Tape tape, List<Var> inputs, Model part) {
    Map<String, Var> vars = new LinkedHashMap<>();
    Scope.Source source =
        (name, shape, role, init) ->
            vars.computeIfAbsent(name, key -> tape.constant(params.value(key)));
    return part.forward(new Scope(source, tape, "", false), inputs);
  }

  /**
   * Records the network for training as a function of parameters that are anywhere on the tape:
   * what a gradient check differentiates.
   *
   * @param parameters a node for each name in {@link #params}
   */
  public Var record(Tape tape, List<Var> inputs, Map<String, Var> parameters) {
    Scope.Source source =
        (name, shape, role, init) -> {
          Var parameter = parameters.get(name);
          if (parameter == null) {
            throw new IllegalArgumentException(
                "network: there is no '" + name + "' among " + parameters.keySet());
          }
          return parameter;
        };
    return model.forward(new Scope(source, tape, "", true), inputs);
  }

  /**
   * Records the network for training.
   *
   * @param gradients flat gradients of the trainable parameters, {@link Params#trainableCount}
   * @param buffers running statistics that this tape writes, as long as {@link Params#buffers}
   */
  public Var record(Tape tape, List<Var> inputs, Tensor gradients, Tensor buffers) {
    return record(tape, inputs, gradients, buffers, true);
  }

  /**
   * Records the network as for training, but each layer with ops of its own, where training does
   * some neighbours in one: what a summary or a drawing shows.
   */
  public Var recordUnfused(Tape tape, List<Var> inputs) {
    Tensor gradients = Tensor.zeros(Shape.of(params.trainableCount()), dtype());
    return record(tape, inputs, gradients, params.buffers(), false);
  }

  private Var record(Tape tape, List<Var> inputs, Tensor gradients, Tensor buffers, boolean fuses) {
    Map<String, Var> vars = new LinkedHashMap<>();
    int firstBuffer = params.values().count() - params.buffers().count();
    Scope.Source source =
        (name, shape, role, init) ->
            vars.computeIfAbsent(name, key -> leaf(tape, key, gradients, buffers, firstBuffer));
    return model.forward(new Scope(source, tape, "", true, fuses), inputs);
  }

  /** Records the network for training; its own running statistics are written. */
  public Var record(Tape tape, List<Var> inputs, Tensor gradients) {
    return record(tape, inputs, gradients, params.buffers());
  }

  private Var leaf(Tape tape, String name, Tensor gradients, Tensor buffers, int firstBuffer) {
    Params.Entry entry = params.entry(name);
    Tensor value = params.value(name);
    return switch (entry.role()) {
      case WEIGHT, BIAS -> tape.variable(value, gradients.slice(entry.offset(), entry.shape()));
      case FROZEN -> tape.constant(value);
      case BUFFER -> tape.constant(buffers.slice(entry.offset() - firstBuffer, entry.shape()));
    };
  }

  /** 64-bit FNV-1a of a name: the coordinate of its random numbers. */
  static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
