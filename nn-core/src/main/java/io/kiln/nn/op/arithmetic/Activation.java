package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Nonlinearity;

/**
 * y = f(x) for one of the {@linkplain Nonlinearity elementwise functions}, any shape.
 *
 * <p>Gradient: dx = dy·f′(x). Where f′ is a function of y, only y is kept and the op runs in place.
 */
public final class Activation extends Op {
  private final Nonlinearity function;
  private final double a;

  private Activation(Nonlinearity function, double a, Var x) {
    super(x.shape(), x);
    this.function = function;
    this.a = a;
  }

  /** Records f(x) with the function's parameter. */
  public static Var of(Nonlinearity function, double a, Var x) {
    return x.tape().apply(new Activation(function, a, x));
  }

  /** Records f(x) of a function without parameter. */
  public static Var of(Nonlinearity function, Var x) {
    return of(function, 1, x);
  }

  /** Records 1 / (1 + e⁻ˣ). */
  public static Var sigmoid(Var x) {
    return of(Nonlinearity.SIGMOID, x);
  }

  /** Records tanh x. */
  public static Var tanh(Var x) {
    return of(Nonlinearity.TANH, x);
  }

  @Override
  public String label() {
    return function.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  @Override
  protected void forward() {
    kernels().activations().forward(function, a, input(0).value(), output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    kernels()
        .activations()
        .backward(
            function,
            a,
            function.outputGivesSlope() ? output().value() : x.value(),
            output().grad(),
            x.gradTarget());
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return !function.outputGivesSlope();
  }

  @Override
  protected boolean keepsOutput() {
    return function.outputGivesSlope();
  }

  @Override
  protected boolean runsInPlace() {
    return true;
  }

  @Override
  protected boolean gradientRunsInPlace() {
    return true;
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
