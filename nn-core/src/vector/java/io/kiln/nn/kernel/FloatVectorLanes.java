package io.kiln.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The vectors in use: as wide as the JVM prefers, or as {@code kiln.vector} says in bits. */
final class FloatVectorLanes {
  static final VectorSpecies<Float> SPECIES = species(Integer.getInteger("kiln.vector", 0));

  private FloatVectorLanes() {}

  private static VectorSpecies<Float> species(int bits) {
    return Vectors.isWidth(bits)
        ? VectorSpecies.of(float.class, VectorShape.forBitSize(bits))
        : FloatVector.SPECIES_PREFERRED;
  }
}
