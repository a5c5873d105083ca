package io.kiln.nn.kernel;

import io.kiln.nn.tensor.DType;

/**
 * Where loops come from: {@code kernel.plain}, and {@code kernel.vector} above it where {@link
 * Machine} has vectors. Both are found by name: they stand upon this package, not it upon them, and
 * the loops with the Vector API are compiled apart. Where the machine has vectors, loops that are
 * missing are an error.
 */
public final class Rooms {
  private static final String HERE = Rooms.class.getPackageName();
  private static final String PLAIN = HERE + ".plain.PlainLoops";
  private static final String VECTOR = HERE + ".vector.ApiLoops";

  private Rooms() {}

  /** The fastest families of that width on this machine. */
  static Kernels families(DType dtype) {
    Kernels plain = plainFamilies(dtype);
    return Machine.here().hasVectors() ? vectors().over(plain, dtype) : plain;
  }

  /** The plain families of that width, whatever the machine has. */
  static Kernels plainFamilies(DType dtype) {
    return make(Loops.class, PLAIN).families(dtype);
  }

  /** The fastest exp, tanh and logistic function: the given ones without vectors. */
  public static ExponentialRuns exponentials(ExponentialRuns plain) {
    return Machine.here().hasVectors() ? vectors().exponentials() : plain;
  }

  /**
   * Bits of the vectors that the JVM prefers.
   *
   * @throws ReflectiveOperationException if there are no loops with vectors in this build
   * @throws LinkageError if they were built for another JVM's Vector API
   */
  static int vectorBits() throws ReflectiveOperationException {
    return found(VectorLoops.class, VECTOR).bits();
  }

  private static VectorLoops vectors() {
    return make(VectorLoops.class, VECTOR);
  }

  private static <T> T make(Class<T> type, String name) {
    try {
      return found(type, name);
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalStateException(
          "kernels: the loops "
              + name
              + " cannot be had ("
              + e
              + "); build again with this JVM's JDK, or give -Dkiln.vector=false",
          e);
    }
  }

  private static <T> T found(Class<T> type, String name) throws ReflectiveOperationException {
    return type.cast(Class.forName(name).getDeclaredConstructor().newInstance());
  }
}
