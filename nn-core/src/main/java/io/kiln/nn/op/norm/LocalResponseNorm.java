package io.kiln.nn.op.norm;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.AxisLoops;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.op.shape.Axis;

/**
 * Each channel divided by what it and its neighbours are together: Krizhevsky, Sutskever and Hinton
 * 2012, in PyTorch's form.
 *
 * <p>Shapes: x {@code [n, c, …]} → the same. y = x / (k + α/size·Σ x²)^β, the sum over the {@code
 * size} channels from c − ⌊size/2⌋ on, as far as there are.
 *
 * <p>Gradient, with s what is in brackets: dx = dy·s^−β − 2αβ/size·x·Σ dy·x·s^(−β−1), the sum over
 * the channels whose window x is in.
 */
public final class LocalResponseNorm extends Op {
  private final int size;
  private final double alpha;
  private final double beta;
  private final double k;
  private final AxisLoops.Sizes sizes;
  private final AxisLoops loops;

  private LocalResponseNorm(Var x, int size, double alpha, double beta, double k) {
    super(x.shape(), x);
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
    this.sizes = Axis.sizes(x.shape(), 1);
    this.loops = Kernels.of(x.tape().dtype()).axes();
  }

  /** Records it. */
  public static Var of(Var x, int size, double alpha, double beta, double k) {
    Check.that(
        x.shape().rank() >= 2,
        "local-response-norm: x is " + x.shape() + " but [n, channels, ...] is needed");
    Check.that(
        size >= 1 && alpha >= 0 && k >= 0 && k + alpha > 0,
        "local-response-norm: size "
            + size
            + ", alpha "
            + alpha
            + " and k "
            + k
            + " came but size must be 1 or more, alpha and k 0 or more and not both 0");
    return x.tape().apply(new LocalResponseNorm(x, size, alpha, beta, k));
  }

  @Override
  protected void forward() {
    loops.localNorm(input(0).value(), sizes, size, alpha, beta, k, state(), output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    loops.localNormBackward(
        x.value(), state(), output().grad(), sizes, size, alpha, beta, x.gradTarget());
    x.gradDone();
  }

  @Override
  protected long stateSize() {
    return output().shape().count();
  }

  @Override
  public long forwardFlops() {
    return (2L * size + 3) * output().shape().count();
  }

  @Override
  public long backwardFlops() {
    return (4L * size + 4) * output().shape().count();
  }
}
