package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Machine;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The vectors in use, see {@link Machine}. */
final class FloatLanes {
  static final VectorSpecies<Float> SPECIES =
      VectorSpecies.of(float.class, VectorShape.forBitSize(Machine.here().vectorBits()));

  private FloatLanes() {}
}
