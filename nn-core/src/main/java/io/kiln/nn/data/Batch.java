package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Room for n samples: one tensor an input, one for the targets. Filled again and again. */
public final class Batch {
  private final List<Tensor> inputs;
  private final Tensor target;
  private final int size;
  private long epoch;

  /** A batch over existing tensors, each with the batch axis first. */
  public Batch(List<Tensor> inputs, Tensor target) {
    this.inputs = List.copyOf(inputs);
    this.target = target;
    this.size = target.shape().size(0);
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

  /** The epoch the samples are read for: the coordinate of random augmentation. */
  public long epoch() {
    return epoch;
  }

  /** Sets the epoch before filling. */
  public void epoch(long epoch) {
    this.epoch = epoch;
  }
}
