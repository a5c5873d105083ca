package io.kiln.nn.op.image;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;

/**
 * L = factor·Σ over neighbours (x[i+1, j] − x[i, j])² + (x[i, j+1] − x[i, j])², how rough an image
 * is: Mahendran and Vedaldi 2015, with exponent 2.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → L {@code []}. Gradient: ±2·factor·difference at both
 * neighbours.
 */
public final class TotalVariation extends Op {
  private final double factor;

  private TotalVariation(double factor, Var x) {
    super(Shape.of(), x);
    this.factor = factor;
  }

  /** Records the loss. */
  public static Var of(double factor, Var x) {
    Check.rank("total-variation", "x", x, 4);
    return x.tape().apply(new TotalVariation(factor, x));
  }

  private int planes() {
    return input(0).shape().count(0, 2);
  }

  @Override
  protected void forward() {
    Shape shape = input(0).shape();
    double sum =
        kernels().losses().totalVariation(input(0).value(), planes(), shape.size(2), shape.size(3));
    output().value().set(0, factor * sum);
  }

  @Override
  protected void backward() {
    Var x = input(0);
    double scale = factor * output().grad().get(0);
    kernels()
        .losses()
        .totalVariationBackward(
            x.value(), planes(), x.shape().size(2), x.shape().size(3), scale, x.gradTarget());
    x.gradDone();
  }

  @Override
  public long forwardFlops() {
    return 6L * input(0).shape().count();
  }

  @Override
  public long backwardFlops() {
    return 6L * input(0).shape().count();
  }
}
