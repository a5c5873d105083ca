package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Room for n samples: one tensor an input, one for the targets; where samples have weights, one for
 * these. Filled again and again.
 *
 * <p>Where the samples are sparse, {@link #sparse} has the rows of input 0 and {@link #inputs} is
 * empty: there is no room for the zeros.
 */
public final class Batch {
  private final List<Tensor> inputs;
  private final Tensor target;
  private final @Nullable Tensor weights;
  private final @Nullable SparseRows sparse;
  private final int size;
  private long epoch;

  /** A batch over existing tensors, each with the batch axis first. */
  public Batch(List<Tensor> inputs, Tensor target) {
    this(inputs, target, null, null);
  }

  private Batch(
      List<Tensor> inputs, Tensor target, @Nullable Tensor weights, @Nullable SparseRows sparse) {
    this.inputs = List.copyOf(inputs);
    this.target = target;
    this.weights = weights;
    this.sparse = sparse;
    this.size = target.shape().size(0);
  }

  /**
   * A batch of n samples of that kind, all zero.
   *
   * @param weighted whether samples have weights
   * @param sparse whether the only input, shape [features], is sparse
   */
  public static Batch of(SampleSpec spec, int n, DType dtype, boolean weighted, boolean sparse) {
    return new Batch(
        sparse ? List.of() : of(spec, n, dtype).inputs,
        Tensor.zeros(spec.target().batch(n), dtype),
        weighted ? Tensor.zeros(Shape.of(n), dtype) : null,
        sparse ? new SparseRows(spec.inputs().get(0).count(), n) : null);
  }

  /** A batch of n samples of that kind, all zero. */
  public static Batch of(SampleSpec spec, int n, DType dtype) {
    List<Tensor> inputs = new ArrayList<>();
    for (Shape shape : spec.inputs()) {
      inputs.add(Tensor.zeros(shape.batch(n), dtype));
    }
    return new Batch(inputs, Tensor.zeros(spec.target().batch(n), dtype));
  }

  /** Number of samples. */
  public int size() {
    return size;
  }

  /** The i-th input, shape [n, …]. */
  public Tensor input(int i) {
    return inputs.get(i);
  }

  /** All inputs. */
  public List<Tensor> inputs() {
    return inputs;
  }

  /** The targets, shape [n, …]; class indices as whole numbers. */
  public Tensor target() {
    return target;
  }

  /** The weight of each sample, shape [n], or null if all count alike. */
  public @Nullable Tensor weights() {
    return weights;
  }

  /** The rows of the only input, or null if it is dense. */
  public @Nullable SparseRows sparse() {
    return sparse;
  }

  /** The first n samples; shares the tensors and the sparse rows. */
  public Batch rows(int n) {
    return new Batch(
        inputs.stream().map(input -> input.rows(0, n)).toList(),
        target.rows(0, n),
        weights == null ? null : weights.rows(0, n),
        sparse);
  }

  /** The epoch the samples are read for: the coordinate of random augmentation. */
  public long epoch() {
    return epoch;
  }

  /** Sets the epoch before filling. */
  public void epoch(long epoch) {
    this.epoch = epoch;
  }
}
