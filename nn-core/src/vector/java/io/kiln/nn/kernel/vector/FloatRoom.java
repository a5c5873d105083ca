package io.kiln.nn.kernel.vector;

/**
 * A thread's room for a panel, the operand that tiles load as vectors. It begins with a cache line,
 * so that no vector lies across two of them: the JVM's default collector puts an array of more than
 * half a region at the region's start and never moves it; with another collector the room may begin
 * anywhere. There is one a thread, of a 2 048th of the heap at most, because of that size.
 */
final class FloatRoom {
  /** Where the first whole cache line of numbers begins: an array's numbers lie 16 bytes in. */
  static final int START = FloatTiles.LANES - 16 / Float.BYTES;

  private static final long MOST_REGIONS = 2048;
  private static final long SMALLEST_REGION = 1 << 20;
  private static final long LARGEST_REGION = 32 << 20;

  private static final ThreadLocal<float[]> NUMBERS = ThreadLocal.withInitial(() -> new float[0]);

  private FloatRoom() {}

  /** This thread's array with room for so many numbers from {@link #START} on. */
  static float[] of(int count) {
    float[] numbers = NUMBERS.get();
    if (numbers.length < START + count) {
      numbers = new float[Math.max(START + count, large())];
      NUMBERS.set(numbers);
    }
    return numbers;
  }

  /** Numbers that take more than half a region of the largest heap allowed. */
  private static int large() {
    long share = Math.max(1, Runtime.getRuntime().maxMemory() / MOST_REGIONS - 1);
    long region = Long.highestOneBit(share) << 1;
    region = Math.min(Math.max(region, SMALLEST_REGION), LARGEST_REGION);
    return (int) (region / 2 / Float.BYTES) + 1;
  }
}
