package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Pointwise;

/**
 * y = x where x &gt; 0, else slope·x with a learned slope: He et al. 2015, "Delving deep into
 * rectifiers".
 *
 * <p>Shapes: x {@code [n, c, …]}, slope {@code [c]} or {@code [1]} → y of x's shape.
 *
 * <p>Gradients: dx = dy where x &gt; 0, else slope·dy; dslope = Σ x·dy where x ≤ 0.
 */
public final class ParametricRelu extends Op {
  private final int plane;
  private final Pointwise loops;

  private ParametricRelu(Var x, Var slope, int plane) {
    super(x.shape(), x, slope);
    this.plane = plane;
    this.loops = Kernels.of(x.tape().dtype()).pointwise();
  }

  /** Records it. */
  public static Var of(Var x, Var slope) {
    int rank = x.shape().rank();
    int slopes = slope.shape().count();
    Check.that(
        slope.shape().rank() == 1 && (slopes == 1 || (rank > 1 && slopes == x.shape().size(1))),
        "parametric-relu: slope is "
            + slope.shape()
            + " but x is "
            + x.shape()
            + "; give one slope, or one a channel");
    int plane = slopes == 1 ? Math.max(1, x.shape().count()) : x.shape().count(2, rank);
    return x.tape().apply(new ParametricRelu(x, slope, plane));
  }

  @Override
  protected void forward() {
    loops.prelu(input(0).value(), input(1).value(), plane, output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Var slope = input(1);
    if (slope.needsGrad()) {
      loops.preluSlopes(x.value(), plane, output().grad(), slope.gradTarget());
      slope.gradDone();
    }
    if (x.needsGrad()) {
      loops.preluBackward(x.value(), slope.value(), plane, output().grad(), x.gradTarget());
      x.gradDone();
    }
  }

  @Override
  public long forwardFlops() {
    return output().shape().count();
  }

  @Override
  public long backwardFlops() {
    return 3L * output().shape().count();
  }
}
