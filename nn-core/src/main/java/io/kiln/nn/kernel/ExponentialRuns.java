package io.kiln.nn.kernel;

/** exp, tanh and the logistic function over runs of float32 numbers; y may be x. */
public interface ExponentialRuns {
  /** y[to + i] = exp(x[at + i]) for i below n. */
  void exp(float[] x, int at, float[] y, int to, int n);

  /** y[to + i] = 1 / (1 + exp(−x[at + i])) for i below n. */
  void sigmoid(float[] x, int at, float[] y, int to, int n);

  /** y[to + i] = tanh(x[at + i]) for i below n. */
  void tanh(float[] x, int at, float[] y, int to, int n);

  /**
   * p = g(t)·t / 2 with the polynomial of {@link NormalTail}, for n numbers that are at the
   * beginning of arrays with room for whole vectors; x is left as it is.
   */
  void tail(float[] x, float[] p, int n);
}
