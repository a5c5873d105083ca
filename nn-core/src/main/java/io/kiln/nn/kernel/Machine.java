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
 * @param thirdCache bytes of the third-level cache that cores share, 0 if there is none
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
    int thirdCache,
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

  /** Bytes from an array's beginning to its first number. */
  private static final int ARRAY_HEAD = 16;

  // The default collector's regions: about a 2 048th of the heap, of 1 to 32 MiB.
  private static final long MOST_REGIONS = 2048;
  private static final long SMALLEST_REGION = 1 << 20;
  private static final long LARGEST_REGION = 32 << 20;

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
      int thirdCache,
      int cores,
      boolean nativeBlas,
      String reason) {
    boolean hasVectors = vectorBits > 0;
    boolean wide = vectorBits >= MANY_BITS && registers >= MANY;
    Products products = hasVectors && (wide || !nativeBlas) ? Products.VECTORS : Products.BLAS;
    return new Machine(
        vectorBits,
        registers,
        firstCache,
        secondCache,
        thirdCache,
        cores,
        products,
        hasVectors,
        reason);
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

  /**
   * Numbers that an array must have to begin with a cache line, as {@code start} says: the JVM's
   * default collector puts an array of more than half a region at the region's start and never
   * moves it. With another collector it may begin anywhere.
   *
   * @param heap bytes that the heap may have at most
   * @param bytes of a number
   */
  static int alignedCount(long heap, int bytes) {
    long share = Math.max(1, heap / MOST_REGIONS - 1);
    long region = Long.highestOneBit(share) << 1;
    region = Math.min(Math.max(region, SMALLEST_REGION), LARGEST_REGION);
    return (int) (region / 2 / bytes) + 1;
  }

  /** The same in this JVM. */
  public int alignedCount(int bytes) {
    return alignedCount(Runtime.getRuntime().maxMemory(), bytes);
  }

  /**
   * Index from which vectors of such an array lie within cache lines: its numbers begin 16 bytes
   * behind the array itself.
   *
   * @param bytes of a number
   */
  public int start(int bytes) {
    return lanes(bytes) - ARRAY_HEAD / bytes;
  }

  /** What there is, in words for a person. */
  public String text() {
    String has = cores + (cores == 1 ? " core, " : " cores, ");
    if (!hasVectors()) {
      return has + "no vectors" + (reason.isEmpty() ? "" : ": " + reason);
    }
    return has
        + "Vector API, "
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
        + "/"
        + thirdCache / 1024
        + " KiB"
        + (reason.isEmpty() ? "" : " (" + reason + ")");
  }
}
