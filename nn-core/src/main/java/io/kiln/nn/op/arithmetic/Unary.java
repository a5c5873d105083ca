package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Pointwise;
import io.kiln.nn.kernel.UnaryFunction;
import java.util.Locale;

/**
 * y = f(x) for one of the {@linkplain UnaryFunction rarer elementwise functions}, any shape.
 *
 * <p>Gradient: dx = dy·f′(x).
 */
public final class Unary extends Op {
  private final UnaryFunction function;
  private final double a;
  private final double b;
  private final Pointwise loops;

  private Unary(UnaryFunction function, double a, double b, Var x) {
    super(x.shape(), x);
    this.function = function;
    this.a = a;
    this.b = b;
    this.loops = Kernels.of(x.tape().dtype()).pointwise();
  }

  private static Var record(UnaryFunction function, double a, double b, Var x) {
    return x.tape().apply(new Unary(function, a, b, x));
  }

  /** Records |x|. */
  public static Var abs(Var x) {
    return record(UnaryFunction.ABS, 0, 0, x);
  }

  /** Records min(max(x, low), high); one of them may be infinite. */
  public static Var clip(Var x, double low, double high) {
    Check.that(
        low <= high, "clip: low is " + low + " but high is " + high + "; low must not be above it");
    return record(UnaryFunction.CLIP, low, high, x);
  }

  /** Records x / (1 + |x|). */
  public static Var softsign(Var x) {
    return record(UnaryFunction.SOFTSIGN, 0, 0, x);
  }

  /** Records min(max(slope·x + middle, 0), 1). */
  public static Var hardSigmoid(Var x, double slope, double middle) {
    return record(UnaryFunction.HARD_SIGMOID, slope, middle, x);
  }

  /** Records erf x. */
  public static Var erf(Var x) {
    return record(UnaryFunction.ERF, 0, 0, x);
  }

  @Override
  public String label() {
    return function.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  protected void forward() {
    loops.forward(function, a, b, input(0).value(), output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    loops.backward(function, a, b, x.value(), output().grad(), x.gradTarget());
    x.gradDone();
  }

  @Override
  public long forwardFlops() {
    return output().shape().count();
  }

  @Override
  public long backwardFlops() {
    return 2L * output().shape().count();
  }
}
