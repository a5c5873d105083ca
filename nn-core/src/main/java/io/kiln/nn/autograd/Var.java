package io.kiln.nn.autograd;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A node of the graph: a shape, and once the tape has run a value and a gradient of that shape.
 *
 * <p>Leaves (inputs, parameters) have a value from the beginning; others have the op that makes
 * them.
 */
public final class Var {
  private final Tape tape;
  private final Shape shape;
  private final Layout layout;
  private final Shape storage;
  private final boolean needsGrad;
  private @Nullable Op producer;
  private @Nullable Tensor value;
  private @Nullable Tensor grad;
  private boolean gradWritten;
  private boolean adding;
  private @Nullable SparseRows sparse;

  Var(
      Tape tape,
      Shape shape,
      Layout layout,
      boolean needsGrad,
      @Nullable Op producer,
      @Nullable Tensor value,
      @Nullable Tensor grad) {
    this.tape = tape;
    this.shape = shape;
    this.layout = layout;
    this.storage = layout.storage(shape, tape.kernels().lanes());
    this.needsGrad = needsGrad;
    this.producer = producer;
    this.value = value;
    this.grad = grad;
  }

  /** The tape this node is on. */
  public Tape tape() {
    return tape;
  }

  /** Shape of the value and of the gradient. */
  public Shape shape() {
    return shape;
  }

  /** How value and gradient lie in their tensors; plain unless an op chose otherwise. */
  public Layout layout() {
    return layout;
  }

  /** Shape of the tensors that hold value and gradient: {@link #shape} where they are plain. */
  public Shape storage() {
    return storage;
  }

  /** Whether anything before it wants a gradient; if not, its gradient is never computed. */
  public boolean needsGrad() {
    return needsGrad;
  }

  /** The op that makes it, or null for a leaf. */
  public @Nullable Op producer() {
    return producer;
  }

  /**
   * The rows of a sparse leaf, or null: almost all nodes have all their numbers in {@link #value}.
   */
  public @Nullable SparseRows sparse() {
    return sparse;
  }

  void madeBy(Op op) {
    producer = op;
  }

  void sparse(SparseRows rows) {
    sparse = rows;
  }

  /**
   * The value.
   *
   * @throws IllegalStateException if the tape has not run yet
   */
  public Tensor value() {
    Tensor tensor = value;
    if (tensor == null) {
      throw new IllegalStateException("var: it has no value yet; call tape.forward() first");
    }
    return tensor;
  }

  /**
   * The gradient of what the tape went back from, with respect to this node.
   *
   * @throws IllegalStateException if no gradient was asked for or the tape has not gone back yet
   */
  public Tensor grad() {
    Tensor tensor = grad;
    if (tensor == null) {
      throw new IllegalStateException(
          needsGrad
              ? "var: it has no gradient yet; call tape.backward(loss) first"
              : "var: no gradient is computed here; make a leaf before it with tape.variable");
    }
    return tensor;
  }

  /**
   * For an op's backward that can add by itself (a product with β): 0 if this is the first
   * contribution to the gradient, so that it is overwritten, else 1.
   */
  public double gradBeta() {
    double beta = gradWritten ? 1 : 0;
    gradWritten = true;
    return beta;
  }

  /**
   * For an op's backward that can only overwrite: the tensor to write this contribution into. Call
   * {@link #gradDone} afterwards.
   */
  public Tensor gradTarget() {
    adding = gradWritten;
    gradWritten = true;
    return adding ? tape.temporary(storage) : grad();
  }

  /** Ends what {@link #gradTarget} began: adds the contribution if it is not the first. */
  public void gradDone() {
    if (adding) {
      Kernels.of(tape.dtype()).elementwise().accumulate(1, tape.temporary(storage), grad());
      adding = false;
    }
  }

  boolean hasGradWritten() {
    return gradWritten;
  }

  void gradWritten(boolean written) {
    gradWritten = written;
  }

  boolean hasValue() {
    return value != null;
  }

  boolean hasGrad() {
    return grad != null;
  }

  void value(Tensor tensor) {
    value = tensor;
  }

  void grad(Tensor tensor) {
    grad = tensor;
  }

  @Override
  public String toString() {
    return (producer == null ? "leaf" : producer.name()) + shape;
  }
}
