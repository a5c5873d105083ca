package io.kiln.nn.autograd;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One operation: a BLAS call or a fused loop, with its hand-written backward.
 *
 * <p>Order of calls, all by the tape: the constructor checks the inputs' shapes and says the
 * output's; {@link #forward} writes the output's value; {@link #backward} reads the output's
 * gradient and, for each input that {@linkplain Var#needsGrad needs} one, writes its gradient
 * through {@link Var#gradBeta} or {@link Var#gradTarget}. Both may run many times.
 *
 * <p>An op says what backward reads ({@link #keepsInputs}, {@link #keepsOutput}), so that buffers
 * are reused as soon as nobody needs them.
 */
public abstract class Op {
  private List<Var> inputs;
  private Var output;
  private @Nullable Tensor state;
  private @Nullable Tensor scratch;
  private String scope = "";

  /**
   * An op of these inputs (at least one) with an output of that shape, all plain: inputs that lie
   * otherwise are replaced by plain ones.
   */
  protected Op(Shape outputShape, Var... inputs) {
    this(outputShape, Layout.PLAIN, inputs[0].tape().plain(inputs));
  }

  /** An op that reads its inputs however they lie, with an output of that layout. */
  protected Op(Shape outputShape, Layout layout, Var... inputs) {
    this.inputs = List.of(inputs);
    Tape tape = inputs[0].tape();
    boolean needsGrad = false;
    for (Var input : inputs) {
      if (input.tape() != tape) {
        throw new IllegalArgumentException(
            name() + ": the inputs are on different tapes; record all of a graph on one");
      }
      if (input.sparse() != null) {
        throw new IllegalArgumentException(
            name()
                + ": its input is sparse rows of "
                + input.shape().size(1)
                + " numbers but only a dense layer reads these; begin with a dense layer");
      }
      needsGrad |= input.needsGrad();
    }
    this.output = new Var(tape, outputShape, layout, needsGrad, this, null, null);
  }

  /** Computes the output's value from the inputs' values. */
  protected abstract void forward();

  /** Adds to the inputs' gradients what the output's gradient implies. */
  protected abstract void backward();

  /** Whether backward reads the inputs' values. */
  protected boolean keepsInputs() {
    return true;
  }

  /** Whether backward reads the output's value. */
  protected boolean keepsOutput() {
    return false;
  }

  /** Whether forward may write the output over the first input, elementwise. */
  protected boolean runsInPlace() {
    return false;
  }

  /**
   * Whether backward may write the first input's gradient over the output's gradient, elementwise.
   */
  protected boolean gradientRunsInPlace() {
    return false;
  }

  /**
   * Whether the output is the first input's numbers under another shape: then nothing is copied.
   */
  protected boolean isView() {
    return false;
  }

  /** Numbers of working memory that forward and backward need for themselves; see scratch(). */
  protected long scratchSize() {
    return 0;
  }

  /** Numbers that forward leaves for backward besides inputs and output; see state(). */
  protected long stateSize() {
    return 0;
  }

  /**
   * Floating-point operations of one forward, a function such as exp counting as one; 0 where
   * numbers are only moved.
   */
  public long forwardFlops() {
    return 0;
  }

  /** Floating-point operations of one backward, given which inputs need a gradient. */
  public long backwardFlops() {
    return 0;
  }

  /** Name in messages, summaries and drawings: the class name in lower case with hyphens. */
  public final String name() {
    String simple = getClass().getSimpleName();
    return simple.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  /** What drawings call it: the name, unless the class stands for several functions. */
  public String label() {
    return name();
  }

  /** The inputs, in order. */
  public final List<Var> inputs() {
    return inputs;
  }

  /** The i-th input. */
  public final Var input(int i) {
    return inputs.get(i);
  }

  /** The output. */
  public final Var output() {
    return output;
  }

  /** Name of the layer that recorded it, dotted; empty outside layers. */
  public final String scope() {
    return scope;
  }

  /** The loops for the width of the tape. */
  protected final Kernels kernels() {
    return output.tape().kernels();
  }

  /** Working memory of {@link #scratchSize} numbers, shared with the other ops; content is lost. */
  protected final Tensor scratch() {
    Tensor tensor = scratch;
    if (tensor == null) {
      tensor = output.tape().scratch((int) scratchSize());
      scratch = tensor;
    }
    return tensor;
  }

  /** The op's own memory of {@link #stateSize} numbers, kept from forward to backward. */
  protected final Tensor state() {
    Tensor tensor = state;
    if (tensor == null && stateSize() == 0) {
      tensor = Tensor.zeros(Shape.of(0), output.tape().dtype()); // a batch of no samples
      state = tensor;
    }
    if (tensor == null) {
      throw new IllegalStateException(name() + ": it has no memory yet; run it on a tape");
    }
    return tensor;
  }

  /**
   * Refuses an op whose memory no array can hold.
   *
   * @throws ConfigException saying how much it needs
   */
  final void checkMemory() {
    long most = Math.max(stateSize(), scratchSize());
    if (most > Integer.MAX_VALUE) {
      String shapes =
          inputs.stream().map(x -> x.shape().toString()).collect(Collectors.joining(", "));
      throw new ConfigException(
          name()
              + ": with inputs "
              + shapes
              + " it needs "
              + most
              + " numbers of memory but an array has at most 2147483647; use a smaller batch, more"
              + " shards or smaller samples");
    }
  }

  /** From now on the first input is another one, of the same shape and layout. */
  final void readsInstead(Var first) {
    List<Var> others = new ArrayList<>(inputs);
    others.set(0, first);
    inputs = List.copyOf(others);
  }

  /** From now on it makes another node, of the same shape and layout. */
  final void writesInstead(Var other) {
    output = other;
    other.madeBy(this);
  }

  final void state(Tensor tensor) {
    state = tensor;
  }

  final void scope(String name) {
    scope = name;
  }
}
