package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Machine;

/**
 * A thread's room for a panel, the operand that tiles load as vectors. It begins with a cache line,
 * so that no vector lies across two of them, see {@link Machine#alignedCount}. There is one a
 * thread, of a 2 048th of the heap at most, because of that size.
 */
final class FloatRoom {
  /** Where the first whole cache line of numbers begins. */
  static final int START = Machine.here().start(Float.BYTES);

  private static final int LEAST = Machine.here().alignedCount(Float.BYTES);

  private static final ThreadLocal<float[]> NUMBERS = ThreadLocal.withInitial(() -> new float[0]);

  private FloatRoom() {}

  /** This thread's array with room for so many numbers from {@link #START} on. */
  static float[] of(int count) {
    float[] numbers = NUMBERS.get();
    if (numbers.length < START + count) {
      numbers = new float[Math.max(START + count, LEAST)];
      NUMBERS.set(numbers);
    }
    return numbers;
  }
}
