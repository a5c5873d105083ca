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
  private int wanted = Integer.MAX_VALUE;
  private double there;
  private double used;

  /**
   * A clock that starts now.
   *
   * @param slots how many there are
   */
  SlotClock(IntSupplier slots, LongSupplier clock) {
    this.slots = slots;
    this.clock = clock;
    this.at = clock.getAsLong();
    this.last = slots.getAsInt();
  }

  /** Looks at what is there now. */
  synchronized void look() {
    long now = clock.getAsLong();
    there += (now - at) / 1e9 * Math.min(last, wanted);
    at = now;
    last = slots.getAsInt();
  }

  /** From now on no more slots than so many could be used: so many fits are still to end. */
  synchronized void wants(int count) {
    look();
    wanted = count;
  }

  /** Slots were used for so many seconds, all together. */
  synchronized void used(double seconds) {
    look();
    used += seconds;
  }

  /** The share of the slots' time that trials used. */
  synchronized double utilization() {
    look();
    return there == 0 ? 1 : Math.min(1, used / there);
  }
}
