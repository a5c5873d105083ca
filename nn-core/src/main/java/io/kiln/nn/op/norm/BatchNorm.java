package io.kiln.nn.op.norm;

import io.kiln.nn.autograd.AcrossShards;
import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Layout;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Rectifies;
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
 *
 * <p>Synchronized, μ, σ², N and the two sums in dx are those of all shards of a step together. Each
 * shard gives Σ x and Σ x² in double, made of the mean and variance it found in two passes: what
 * cancels in Σ x²/N − μ² is then below the rounding of float32 x. Tapes that run alone see their
 * own batch only.
 */
public final class BatchNorm extends Op implements AcrossShards, Rectifies {
  private static final int ROWS = 10;

  private final int n;
  private final int channels;
  private final int width; // numbers that a row of x has for its channels
  private final int plane;
  private final double epsilon;
  private final double momentum;
  private final boolean training;
  private boolean rectified;
  private final boolean synchronizes;
  private double count;
  private @Nullable Tensor parts;
  private final Tensor[] rows = new Tensor[ROWS];

  /**
   * What one batch normalization does.
   *
   * @param epsilon added to the variance
   * @param momentum by which the running statistics move
   * @param training whether the batch's statistics are used
   * @param sync whether in training the statistics are those of all shards
   */
  public record Mode(double epsilon, double momentum, boolean training, boolean sync) {
    /** Statistics of the own batch. */
    public Mode(double epsilon, double momentum, boolean training) {
      this(epsilon, momentum, training, false);
    }
  }

  private BatchNorm(Var[] inputs, Mode mode) {
    super(inputs[0].shape(), inputs[0].layout(), inputs);
    Shape shape = inputs[0].shape();
    boolean plain = inputs[0].layout() == Layout.PLAIN;
    int pixels = shape.count(2, shape.rank());
    // With its channels side by side, x is a matrix of pixels.
    this.n = plain ? shape.size(0) : shape.size(0) * pixels;
    this.plane = plain ? pixels : 1;
    this.channels = shape.size(1);
    this.width = plain ? channels : inputs[0].storage().size(3);
    this.epsilon = mode.epsilon();
    this.momentum = mode.momentum();
    this.training = mode.training();
    this.synchronizes = mode.training() && mode.sync();
  }

  @Override
  public void rectify() {
    rectified = true;
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

  /**
   * Of how many numbers of each channel the own batch's statistics are made; 0 if the running ones
   * are used.
   */
  public int statisticsOf() {
    return training ? n * plane : 0;
  }

  private Tensor row(int i) {
    if (parts != state()) {
      parts = state();
      for (int r = 0; r < ROWS; r++) {
        rows[r] = state().slice(r * width, Shape.of(width));
      }
    }
    return rows[i];
  }

  /** What is taken off x first: the mean as far as it fits into the width of x. */
  private Tensor center() {
    return row(0);
  }

  /** What the mean is beyond the center. */
  private Tensor rest() {
    return row(9);
  }

  private double mean(int c) {
    return center().get(c) + rest().get(c);
  }

  private void mean(int c, double mean) {
    center().set(c, mean);
    rest().set(c, mean - center().get(c));
  }

  private Tensor inverse() {
    return row(1);
  }

  @Override
  protected void forward() {
    if (training) {
      moments();
      count = (double) n * plane;
      moveStatistics();
    } else {
      copy(input(3).value(), center());
      clearRest(center());
      rest().fill(0);
      copy(input(4).value(), inverse());
    }
    normalize();
  }

  /** Mean and variance of the own batch. */
  private void moments() {
    kernels().channels().moments(input(0).value(), n, width, plane, center(), rest(), inverse());
  }

  /** From mean and variance to the output; the variance gives way to 1/√(σ² + ε). */
  private void normalize() {
    Tensor scale = row(2);
    Tensor shift = row(3);
    clearRest(scale);
    clearRest(shift);
    for (int c = 0; c < channels; c++) {
      double inverse = 1 / Math.sqrt(inverse().get(c) + epsilon);
      double factor = input(1).value().get(c) * inverse;
      inverse().set(c, inverse);
      scale.set(c, factor);
      shift.set(c, input(2).value().get(c) - rest().get(c) * factor);
    }
    kernels()
        .channels()
        .affine(
            input(0).value(), n, width, plane, center(), scale, shift, rectified, output().value());
  }

  private void moveStatistics() {
    if (count == 0) {
      return;
    }
    Tensor runningMean = input(3).value();
    Tensor runningVariance = input(4).value();
    double unbiased = count > 1 ? count / (count - 1) : 1;
    for (int c = 0; c < channels; c++) {
      runningMean.set(c, (1 - momentum) * runningMean.get(c) + momentum * mean(c));
      runningVariance.set(
          c, (1 - momentum) * runningVariance.get(c) + momentum * unbiased * inverse().get(c));
    }
    input(5).value().set(0, input(5).value().get(0) + 1);
  }

  /** Σ x and Σ x² of each channel, and how many numbers a channel has. */
  @Override
  public int sharedCount() {
    return synchronizes ? 2 * channels + 1 : 0;
  }

  @Override
  public void forwardPart(Tensor part) {
    moments();
    double own = (double) n * plane;
    for (int c = 0; c < channels; c++) {
      double mean = mean(c);
      part.set(c, own * mean);
      part.set(channels + c, own * (inverse().get(c) + mean * mean));
    }
    part.set(2 * channels, own);
  }

  @Override
  public void forwardRest(Tensor sum) {
    count = sum.get(2 * channels);
    for (int c = 0; c < channels; c++) {
      double mean = sum.get(c) / count;
      mean(c, mean);
      inverse().set(c, Math.max(0, sum.get(channels + c) / count - mean * mean));
    }
    moveStatistics();
    normalize();
  }

  @Override
  protected void backward() {
    gradientSums();
    writeGradients(row(4), row(5), 0);
  }

  @Override
  public void backwardPart(Tensor part) {
    gradientSums();
    for (int c = 0; c < channels; c++) {
      part.set(c, row(4).get(c));
      part.set(channels + c, row(5).get(c));
    }
    part.set(2 * channels, 0);
  }

  @Override
  public void backwardRest(Tensor sum) {
    writeGradients(sum, sum, channels);
  }

  /** Rows 4 and 5: Σ dy and Σ dy·(x − μ) of the own batch. */
  private void gradientSums() {
    kernels()
        .channels()
        .gradientSums(
            output().grad(),
            input(0).value(),
            output().value(),
            rectified,
            n,
            width,
            plane,
            center(),
            row(4),
            row(5));
    for (int c = 0; c < channels; c++) {
      row(5).set(c, row(5).get(c) - rest().get(c) * row(4).get(c));
    }
  }

  /**
   * Gain and offset get the own batch's sums, x what follows from those of all.
   *
   * @param sums Σ dy over all
   * @param products Σ dy·(x − μ) over all, from an index on
   */
  private void writeGradients(Tensor sums, Tensor products, int from) {
    Tensor a = row(6);
    Tensor b = row(7);
    Tensor d = row(8);
    clearRest(a);
    clearRest(b);
    clearRest(d);
    double all = Math.max(1, count);
    for (int c = 0; c < channels; c++) {
      double inverse = inverse().get(c);
      double dGain = products.get(from + c) * inverse;
      double factor = input(1).value().get(c) * inverse;
      double slope = training ? -factor * inverse * dGain / all : 0;
      a.set(c, factor);
      b.set(c, slope);
      d.set(c, training ? -factor * sums.get(c) / all - slope * rest().get(c) : 0);
    }
    for (int c = 0; c < channels; c++) {
      row(5).set(c, row(5).get(c) * inverse().get(c));
    }
    accumulate(input(1), row(5));
    accumulate(input(2), row(4));
    if (input(0).needsGrad()) {
      Tensor dx = input(0).gradTarget();
      kernels()
          .channels()
          .combine(
              output().grad(),
              input(0).value(),
              output().value(),
              rectified,
              n,
              width,
              plane,
              center(),
              a,
              b,
              d,
              dx);
      input(0).gradDone();
    }
  }

  private void accumulate(Var parameter, Tensor gradient) {
    if (parameter.needsGrad()) {
      copy(gradient, parameter.gradTarget());
      parameter.gradDone();
    }
  }

  /** Copies a number a channel. */
  private void copy(Tensor from, Tensor to) {
    for (int c = 0; c < channels; c++) {
      to.set(c, from.get(c));
    }
  }

  /** Numbers beyond the channels are 0, so that those of y and dx are. */
  private void clearRest(Tensor row) {
    for (int c = channels; c < width; c++) {
      row.set(c, 0);
    }
  }

  @Override
  protected long stateSize() {
    return (long) ROWS * width;
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
