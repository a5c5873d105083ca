package io.kiln.spark.sweep;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Seconds of slots that a sweep could have used, and those its trials did, however many slots there
 * were from moment to moment. Thread-safe.
 */
final class SlotClock {
  private final IntSupplier slots;
  private final LongSupplier clock;
  private long at;
  private int last;
  private int waiting;
  private double there;
  private double used;

  /**
   * A clock that starts now.
   *
   * @param slots how many there are
   * @param trials that want one
   */
  SlotClock(IntSupplier slots, LongSupplier clock, int trials) {
    this.slots = slots;
    this.clock = clock;
    this.waiting = trials;
    this.at = clock.getAsLong();
    this.last = slots.getAsInt();
  }

  /**
   * Looks at what is there now; trials that are still to end can use no more slots than they are.
   */
  synchronized void look() {
    long now = clock.getAsLong();
    there += (now - at) / 1e9 * Math.min(last, waiting);
    at = now;
    last = slots.getAsInt();
  }

  /** A trial has ended, which had a slot for so many seconds. */
  synchronized void ended(double seconds) {
    look();
    waiting--;
    used += seconds;
  }

  /** The share of the slots' time that trials used. */
  synchronized double utilization() {
    look();
    return there == 0 ? 1 : Math.min(1, used / there);
  }
}
