package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Functions of elements that networks need more rarely than {@link Activations}. */
public interface Pointwise {
  /** y = f(x); y may be x. */
  void forward(UnaryFunction f, double a, double b, Tensor x, Tensor y);

  /** dx = dy·f′(x); dx may be dy. */
  void backward(UnaryFunction f, double a, double b, Tensor x, Tensor dy, Tensor dx);

  /**
   * y = x where x &gt; 0, else slope·x, with the slope of the element's channel.
   *
   * @param plane elements that follow each other with one slope; slopes then repeat
   */
  void prelu(Tensor x, Tensor slopes, int plane, Tensor y);

  /** dx = dy where x &gt; 0, else slope·dy. */
  void preluBackward(Tensor x, Tensor slopes, int plane, Tensor dy, Tensor dx);

  /** dslope = Σ x·dy over the elements of the slope that are 0 or below. */
  void preluSlopes(Tensor x, int plane, Tensor dy, Tensor slopes);

  /** z = x where condition is not 0, else y. */
  void choose(Tensor condition, Tensor x, Tensor y, Tensor z);

  /** dx = dz where condition is not 0 if {@code wanted}, else where it is 0; otherwise 0. */
  void chooseBackward(Tensor condition, boolean wanted, Tensor dz, Tensor dx);

  /** z = max(x, y), or min(x, y). */
  void larger(boolean smaller, Tensor x, Tensor y, Tensor z);

  /** dx = dz where x is the larger (or smaller) one, half of it where both are equal, else 0. */
  void largerBackward(boolean smaller, Tensor x, Tensor y, Tensor dz, Tensor dx);
}
