package io.kiln.nn.kernel;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The vectors in use, see {@link Machine}. */
final class FloatVectorLanes {
  static final VectorSpecies<Float> SPECIES =
      VectorSpecies.of(float.class, VectorShape.forBitSize(Machine.here().vectorBits()));

  private FloatVectorLanes() {}
}
