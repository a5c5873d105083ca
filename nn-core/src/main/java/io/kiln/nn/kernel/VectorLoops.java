package io.kiln.nn.kernel;

import io.kiln.nn.tensor.DType;

/** The room of loops with the Vector API: it stands upon the plain ones. */
public interface VectorLoops {
  /** Bits of the vectors that the JVM prefers. Asked before {@link Machine} is known. */
  int bits();

  /** The plain families of that width with faster ones in their places. */
  Kernels over(Kernels plain, DType dtype);

  /** exp, tanh and the logistic function. */
  ExponentialRuns exponentials();
}
