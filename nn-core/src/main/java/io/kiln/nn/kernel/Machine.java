package io.kiln.nn.kernel;

/**
 * What this JVM on this machine offers to loops, and what follows from it; {@link Choices} decides
 * by it and by shapes.
 *
 * <p>The system property {@code kiln.vector} narrows it: {@code true} (default: as wide as the JVM
 * prefers), {@code false} (plain loops), or {@code 128}, {@code 256} or {@code 512} bits with the
 * registers that machines of that width have. Wider than the machine is emulated, very slowly: that
 * is for tests, which so take the paths of other machines.
 *
 * @param vectorBits bits of a vector, 0 if there are only plain loops
 * @param registers how many vectors it holds at once, 0 without vectors
 * @param firstCache bytes of a core's first-level cache of data
 * @param secondCache bytes of a core's second-level cache
 * @param cores processors that the JVM may use
 * @param products what computes products of matrices
 * @param channelsLast whether images lie with their channels side by side inside networks
 * @param reason why it is not as one might expect; else empty
 */
public record Machine(
    int vectorBits,
    int registers,
    int firstCache,
    int secondCache,
    int cores,
    Products products,
    boolean channelsLast,
    String reason) {
  /** What computes products of matrices. */
  public enum Products {
    /** Loops with the Vector API; tiny products go to the BLAS. */
    VECTORS,
    /** The BLAS; thin products go to loops with the Vector API, if there are any. */
    BLAS
  }

  /** Registers from which tiles in Java are as fast as those of a native BLAS. */
  private static final int MANY = 32;

  private static final int MANY_BITS = 512;
  private static final Machine HERE = MachineProbe.here();

  /**
   * The machine with these parts, and what follows from them.
   *
   * @param nativeBlas whether there is a native BLAS
   */
  static Machine of(
      int vectorBits,
      int registers,
      int firstCache,
      int secondCache,
      int cores,
      boolean nativeBlas,
      String reason) {
    boolean hasVectors = vectorBits > 0;
    boolean wide = vectorBits >= MANY_BITS && registers >= MANY;
    Products products = hasVectors && (wide || !nativeBlas) ? Products.VECTORS : Products.BLAS;
    return new Machine(
        vectorBits, registers, firstCache, secondCache, cores, products, hasVectors, reason);
  }

  /** The machine that this JVM runs on, with what {@code kiln.vector} takes from it. */
  public static Machine here() {
    return HERE;
  }

  /** Whether loops with the Vector API are in use. */
  public boolean hasVectors() {
    return vectorBits > 0;
  }

  /** Numbers of that many bytes in a vector, 1 without vectors. */
  public int lanes(int bytes) {
    return hasVectors() ? vectorBits / Byte.SIZE / bytes : 1;
  }

  /** Bytes of the second-level cache that blocks are cut for: beyond 1 MiB nothing was measured. */
  public int block() {
    return Math.min(secondCache, 1 << 20);
  }

  /** What there is, in words for a person. */
  public String text() {
    if (!hasVectors()) {
      return "no vectors" + (reason.isEmpty() ? "" : ": " + reason);
    }
    return "Vector API, "
        + vectorBits
        + " bits, "
        + registers
        + " registers, products by "
        + (products == Products.VECTORS ? "vectors" : "BLAS")
        + (channelsLast ? ", channels side by side" : "")
        + ", caches "
        + firstCache / 1024
        + "/"
        + secondCache / 1024
        + " KiB"
        + (reason.isEmpty() ? "" : " (" + reason + ")");
  }
}
