package io.kiln.nn.layer;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

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
  private final Map<String, Whitening> whitened;

  private Network(
      Model model, SampleSpec spec, Params params, Shape output, Map<String, Whitening> whitened) {
    this.model = model;
    this.spec = spec;
    this.params = params;
    this.output = output;
    this.whitened = whitened;
  }

  /**
   * A network with initial values from a seed; nothing is frozen.
   *
   * @throws ConfigException if the layers do not fit together, naming the one that does not
   */
  public static Network of(Model model, SampleSpec spec, DType dtype, long seed) {
    return of(model, spec, dtype, seed, name -> false);
  }

  /**
   * One layer, usually a {@link Sequential}, as a network in float32.
   *
   * @param input shape of one sample's input, without the batch axis
   */
  public static Network of(Layer layer, Shape input, long seed) {
    SampleSpec spec = new SampleSpec(List.of(input), Shape.of(), 0, List.of());
    return of(Model.of(layer), spec, DType.FLOAT32, seed);
  }

  /** A network with initial values from a seed and some parameters frozen, by name. */
  public static Network of(
      Model model, SampleSpec spec, DType dtype, long seed, Predicate<String> frozen) {
    return of(model, spec, dtype, seed, new Selection(frozen, name -> false, name -> false));
  }

  /**
   * What is decided of parameters by their full names.
   *
   * @param frozen parameters that training leaves as they are; no gradient is computed for them
   * @param frozenBuffers running statistics that training uses and leaves as they are
   * @param given parameters and statistics that the caller fills: they begin with zeros, and no
   *     time is spent on initial values
   */
  public record Selection(
      Predicate<String> frozen, Predicate<String> frozenBuffers, Predicate<String> given) {
    private Params.Role role(String name, Params.Role declared) {
      if (declared == Params.Role.BUFFER) {
        return frozenBuffers.test(name) ? Params.Role.FROZEN_BUFFER : declared;
      }
      return frozen.test(name) ? Params.Role.FROZEN : declared;
    }
  }

  /** A network with initial values from a seed, but for what is selected by name. */
  public static Network of(
      Model model, SampleSpec spec, DType dtype, long seed, Selection selection) {
    Map<String, Init> inits = new LinkedHashMap<>();
    List<Params.Declared> declared = new ArrayList<>();
    Shape output = declare(model, spec, dtype, declared, inits);
    List<Params.Declared> all = new ArrayList<>();
    for (Params.Declared one : declared) {
      Params.Role role = selection.role(one.name(), one.role());
      all.add(new Params.Declared(one.name(), one.shape(), role, null));
    }
    Params params = Params.of(dtype, all);
    Map<String, Whitening> whitened = new LinkedHashMap<>();
    inits.forEach(
        (name, init) -> {
          if (!selection.given.test(name)) {
            if (init instanceof Whitening whitening) {
              whitened.put(name, whitening);
            }
            init.fill(params.value(name), CounterRng.of(seed, hash(name)));
          }
        });
    return new Network(model, spec, params, output.sample(), whitened);
  }

  /**
   * Names, shapes and roles of a model's parameters, in the order of its layers; costs no memory
   * for values, so that large networks can be looked at.
   */
  public static List<Params.Declared> declared(Model model, SampleSpec spec) {
    List<Params.Declared> declared = new ArrayList<>();
    declare(model, spec, DType.FLOAT32, declared, new LinkedHashMap<>());
    return List.copyOf(declared);
  }

  private static Shape declare(
      Model model,
      SampleSpec spec,
      DType dtype,
      List<Params.Declared> declared,
      Map<String, Init> inits) {
    Tape tape = new Tape(dtype);
    Map<String, Var> vars = new LinkedHashMap<>();
    Scope.Source source =
        (name, shape, role, init) -> {
          Var known = vars.get(name);
          if (known != null) {
            return shared(name, known, shape);
          }
          declared.add(new Params.Declared(name, shape, role, null));
          inits.put(name, init);
          Var leaf = tape.placeholder(shape);
          vars.put(name, leaf);
          return leaf;
        };
    List<Var> inputs = new ArrayList<>();
    for (Shape shape : spec.inputs()) {
      inputs.add(tape.placeholder(shape.batch(1)));
    }
    return forward(model, new Scope(source, tape, "", true), inputs).shape();
  }

  /** Records a model: what does not fit together, or into memory, shows here, and where. */
  private static Var forward(Model model, Scope scope, List<Var> inputs) {
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

  /** The model. */
  public Model model() {
    return model;
  }

  /** What one sample looks like. */
  public SampleSpec spec() {
    return spec;
  }

  /** Filters, by name, that a fit makes from the first samples before its first step. */
  public Map<String, Whitening> whitened() {
    return Collections.unmodifiableMap(whitened);
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
    return record(tape, inputs, model);
  }

  /**
   * Records another function of this network's parameters for inference, such as one step of a
   * recurrent network; it may use only parameters that the model declared.
   */
  public Var record(Tape tape, List<Var> inputs, Model part) {
    Function<String, Var> leaves = name -> tape.constant(params.value(name));
    tape.allowChannelsLast();
    return tape.plain(forward(part, new Scope(source(leaves), tape, "", false), inputs));
  }

  /**
   * Records the network for inference and gives the outputs of layers by their names: the dotted
   * paths that parameters have too, {@code features.3}. An output is what that layer alone gives: a
   * rectifier after it is not in it. Pass what is read later to {@link Tape#plan} as kept.
   *
   * <p>A leaf with a gradient among the inputs can be gone back to: style transfer, saliency.
   *
   * @throws IllegalArgumentException if there is no layer of such a name
   */
  public Map<String, Var> record(Tape tape, List<Var> inputs, List<String> names) {
    Map<String, Var> outputs = new LinkedHashMap<>();
    Function<String, Var> leaves = name -> tape.constant(params.value(name));
    tape.allowChannelsLast();
    Scope scope = new Scope(source(leaves), tape, "", false, outputs);
    Var last = forward(model, scope, inputs);
    Map<String, Var> asked = new LinkedHashMap<>();
    for (String name : names) {
      Var output = name.isEmpty() ? last : outputs.get(name);
      if (output == null) {
        throw new IllegalArgumentException(
            "network: there is no layer '"
                + name
                + "'; did you mean '"
                + Settings.nearest(name, outputs.keySet())
                + "'? There are "
                + String.join(", ", outputs.keySet()));
      }
      asked.put(name, tape.plain(output));
    }
    return asked;
  }

  /**
   * The outputs for some samples, in inference.
   *
   * @param inputs each {@code [n, …]}, of this network's width
   * @return {@code [n, …]}, the caller's own
   */
  public Tensor apply(Tensor... inputs) {
    Tape tape = new Tape(dtype());
    Var y = record(tape, Stream.of(inputs).map(tape::constant).toList());
    tape.forward();
    return y.value();
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
   * Records the network as for training, but so that all lies plainly: what a summary or a drawing
   * shows.
   */
  public Var recordPlainly(Tape tape, List<Var> inputs) {
    Tensor gradients = Tensor.zeros(Shape.of(params.trainableCount()), dtype());
    return record(tape, inputs, gradients, params.buffers(), false);
  }

  /** Like the public one; images lie with their channels side by side only if that is allowed. */
  Var record(Tape tape, List<Var> inputs, Tensor gradients, Tensor buffers, boolean channelsLast) {
    int firstBuffer = params.values().count() - params.buffers().count();
    Function<String, Var> leaves = name -> leaf(tape, name, gradients, buffers, firstBuffer);
    if (channelsLast) {
      tape.allowChannelsLast();
    }
    Scope scope = new Scope(source(leaves), tape, "", true, Scope.NONE);
    return tape.plain(forward(model, scope, inputs));
  }

  /**
   * Records the network for training over leaves of the caller's own, such as those of a gradient
   * check; frozen statistics stay so.
   *
   * @param leaves the leaf of each parameter's name, of its shape
   */
  public Var record(Tape tape, List<Var> inputs, Function<String, Var> leaves) {
    return model.forward(new Scope(source(leaves), tape, "", true), inputs);
  }

  private Scope.Source source(Function<String, Var> leaves) {
    Map<String, Var> vars = new LinkedHashMap<>();
    return new Scope.Source() {
      @Override
      public Var parameter(String name, Shape shape, Params.Role role, Init init) {
        return vars.computeIfAbsent(name, leaves);
      }

      @Override
      public boolean isFrozen(String name) {
        return params.entry(name).role().isFrozen();
      }
    };
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
      case FROZEN, FROZEN_BUFFER -> tape.constant(value);
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
