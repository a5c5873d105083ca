package io.kiln.nn.op.algebra;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * G = factor·F·Fᵀ for each sample, F its channels as rows: how channels go together, whatever the
 * place. Gatys, Ecker and Bethge 2016, "Image style transfer using convolutional neural networks".
 *
 * <p>Shapes: x {@code [n, c, …]} → G {@code [n, c, c]}. Gradient: dF = factor·(dG + dGᵀ)·F.
 */
public final class Gram extends Op {
  private final Operand left = new Operand();
  private final Operand right = new Operand();
  private final Operand result = new Operand();
  private final double factor;
  private final int n;
  private final int channels;
  private final int places;

  private Gram(double factor, Var x, int n, int channels, int places) {
    super(Shape.of(n, channels, channels), x);
    this.factor = factor;
    this.n = n;
    this.channels = channels;
    this.places = places;
  }

  /** Records the Gram matrices. */
  public static Var of(double factor, Var x) {
    Shape shape = x.shape();
    Check.that(
        shape.rank() >= 3, "gram: x is " + shape + " but [n, channels, height, width] is needed");
    int places = shape.count(2, shape.rank());
    return x.tape().apply(new Gram(factor, x, shape.size(0), shape.size(1), places));
  }

  @Override
  protected void forward() {
    int sample = channels * places;
    int square = channels * channels;
    Tensor x = input(0).value();
    for (int i = 0; i < n; i++) {
      kernels()
          .matrix()
          .multiply(
              channels,
              channels,
              places,
              factor,
              left.of(x, places).at(i * sample),
              right.transposed(x, places).at(i * sample),
              0,
              result.of(output().value(), channels).at(i * square));
    }
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Tensor dx = x.gradTarget();
    for (int i = 0; i < n; i++) {
      addProduct(false, i, 0, dx);
      addProduct(true, i, 1, dx);
    }
    x.gradDone();
  }

  private void addProduct(boolean transposed, int i, double beta, Tensor dx) {
    int sample = channels * places;
    Tensor dy = output().grad();
    Operand gradient = transposed ? left.transposed(dy, channels) : left.of(dy, channels);
    kernels()
        .matrix()
        .multiply(
            channels,
            places,
            channels,
            factor,
            gradient.at(i * channels * channels),
            right.of(input(0).value(), places).at(i * sample),
            beta,
            result.of(dx, places).at(i * sample));
  }

  @Override
  public long forwardFlops() {
    return 2L * n * channels * channels * places;
  }

  @Override
  public long backwardFlops() {
    return 2 * forwardFlops();
  }
}
