package io.kiln.nn.conv;

/**
 * Hands out places of an op's memory one after the other. What is beyond an array's reach gets a
 * wrong place, but {@link #size} tells, and the tape then refuses the op.
 */
final class Room {
  private long size;

  /** The place of so many numbers. */
  int take(long count) {
    long at = size;
    size += count;
    return (int) at;
  }

  /** How many numbers were handed out. */
  long size() {
    return size;
  }
}
