package io.kiln.nn.kernel;

import io.kiln.nn.tensor.DType;

/** A room of loops that stands by itself: all families, for every machine. */
public interface Loops {
  /** The families of that width; {@link Kernels#wideImages} is null. */
  Kernels families(DType dtype);
}
