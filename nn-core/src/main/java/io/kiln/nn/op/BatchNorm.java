package io.kiln.nn.op;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalization (Ioffe and Szegedy 2015), with PyTorch's conventions, optionally rectified in
 * the same pass.
 *
 * <p>Shapes: x {@code [n, c]} or {@code [n, c, …]}, gain, offset, running mean and running variance
 * {@code [c]}, count {@code []} → y of x's shape.
 *
 * <p>y = gain·(x − μ)/√(σ² + ε) + offset. In training μ and σ² (divided by the count) are those of
 * the batch, and the running statistics move: r = (1 − momentum)·r + momentum·batch, with the
 * variance divided by the count − 1, and the count goes up by one. Else μ and σ² are the running
 * ones.
 *
 * <p>Gradients in training, with x̂ the normalized x and N its count: doffset = Σ dy, dgain = Σ
 * dy·x̂, dx = gain/√(σ² + ε)·(dy − doffset/N − x̂·dgain/N). Else dx = gain/√(σ² + ε)·dy.
 */
public final class BatchNorm extends Op {
  private static final int ROWS = 9;

  private final int n;
  private final int channels;
  private final int plane;
  private final double epsilon;
  private final double momentum;
  private final boolean training;
  private final boolean rectified;
  private @Nullable Tensor parts;
  private final Tensor[] rows = new Tensor[ROWS];

  /**
   * What one batch normalization does.
   *
   * @param epsilon added to the variance
   * @param momentum by which the running statistics move
   * @param training whether the batch's statistics are used
   * @param rectified whether y is max(…, 0)
   */
  public record Mode(double epsilon, double momentum, boolean training, boolean rectified) {}

  private BatchNorm(Var[] inputs, Mode mode) {
    super(inputs[0].shape(), inputs);
    Shape shape = inputs[0].shape();
    this.n = shape.size(0);
    this.channels = shape.size(1);
    this.plane = shape.count(2, shape.rank());
    this.epsilon = mode.epsilon();
    this.momentum = mode.momentum();
    this.training = mode.training();
    this.rectified = mode.rectified();
  }

  /** Records a normalization; mean, variance and count are running statistics. */
  public static Var of(Var x, Var gain, Var offset, Var mean, Var variance, Var count, Mode mode) {
    Check.that(
        x.shape().rank() >= 2,
        "batch-norm: x is " + x.shape() + " but a batch axis and a channel axis are needed");
    Shape channels = Shape.of(x.shape().size(1));
    for (Var parameter : new Var[] {gain, offset, mean, variance}) {
      Check.that(
          parameter.shape().equals(channels),
          "batch-norm: x is "
              + x.shape()
              + " but a parameter is "
              + parameter.shape()
              + "; it needs "
              + channels);
    }
    return x.tape().apply(new BatchNorm(new Var[] {x, gain, offset, mean, variance, count}, mode));
  }

  private Tensor row(int i) {
    if (parts != state()) {
      parts = state();
      for (int r = 0; r < ROWS; r++) {
        rows[r] = state().slice(r * channels, Shape.of(channels));
      }
    }
    return rows[i];
  }

  private Tensor mean() {
    return row(0);
  }

  private Tensor inverse() {
    return row(1);
  }

  @Override
  protected void forward() {
    Tensor x = input(0).value();
    if (training) {
      kernels().channels().moments(x, n, channels, plane, mean(), inverse());
      if (n > 0) {
        moveStatistics();
      }
    } else {
      mean().copyFrom(input(3).value());
      inverse().copyFrom(input(4).value());
    }
    Tensor scale = row(2);
    Tensor shift = row(3);
    for (int c = 0; c < channels; c++) {
      double inverse = 1 / Math.sqrt(inverse().get(c) + epsilon);
      double factor = input(1).value().get(c) * inverse;
      inverse().set(c, inverse);
      scale.set(c, factor);
      shift.set(c, input(2).value().get(c) - mean().get(c) * factor);
    }
    kernels().channels().affine(x, n, channels, plane, scale, shift, rectified, output().value());
  }

  private void moveStatistics() {
    Tensor runningMean = input(3).value();
    Tensor runningVariance = input(4).value();
    double count = (double) n * plane;
    double unbiased = count > 1 ? count / (count - 1) : 1;
    for (int c = 0; c < channels; c++) {
      runningMean.set(c, (1 - momentum) * runningMean.get(c) + momentum * mean().get(c));
      runningVariance.set(
          c, (1 - momentum) * runningVariance.get(c) + momentum * unbiased * inverse().get(c));
    }
    input(5).value().set(0, input(5).value().get(0) + 1);
  }

  @Override
  protected void backward() {
    Tensor dy = output().grad();
    Tensor x = input(0).value();
    Tensor y = output().value();
    Tensor sums = row(4);
    Tensor products = row(5);
    kernels()
        .channels()
        .gradientSums(dy, x, y, rectified, n, channels, plane, mean(), sums, products);
    Tensor a = row(6);
    Tensor b = row(7);
    Tensor d = row(8);
    double count = Math.max(1, (double) n * plane);
    for (int c = 0; c < channels; c++) {
      double inverse = inverse().get(c);
      double dGain = products.get(c) * inverse;
      double factor = input(1).value().get(c) * inverse;
      double slope = training ? -factor * inverse * dGain / count : 0;
      a.set(c, factor);
      b.set(c, slope);
      d.set(c, training ? -factor * sums.get(c) / count - slope * mean().get(c) : 0);
      products.set(c, dGain);
    }
    accumulate(input(1), products);
    accumulate(input(2), sums);
    if (input(0).needsGrad()) {
      Tensor dx = input(0).gradTarget();
      kernels().channels().combine(dy, x, y, rectified, n, channels, plane, a, b, d, dx);
      input(0).gradDone();
    }
  }

  private static void accumulate(Var parameter, Tensor gradient) {
    if (parameter.needsGrad()) {
      parameter.gradTarget().copyFrom(gradient);
      parameter.gradDone();
    }
  }

  @Override
  protected int stateSize() {
    return ROWS * channels;
  }

  @Override
  protected boolean keepsOutput() {
    return rectified;
  }

  @Override
  protected boolean gradientRunsInPlace() {
    return true;
  }

  @Override
  public long forwardFlops() {
    return (training ? 5L : 2L) * n * channels * plane;
  }

  @Override
  public long backwardFlops() {
    return 8L * n * channels * plane;
  }
}
