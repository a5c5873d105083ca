package io.kiln.nn.thread;

import java.util.function.BooleanSupplier;

/**
 * Where some threads wait for what others bring about. A step takes a millisecond and its threads
 * meet several times in it, but to wake a sleeping thread takes some 50 µs: so a thread first looks
 * again and again for about as long, if there is a processor for each, and only then sleeps.
 */
public final class Waiting {
  private static final long CLOSELY_NANOS = 50_000;
  private static final int LOOKS = 32;

  private final Object lock = new Object();
  private final boolean closely;
  private volatile int asleep;

  /**
   * A place for that many threads, those that are waited for included; if there are more than
   * processors, they sleep at once.
   */
  public Waiting(int threads) {
    this.closely = threads <= Runtime.getRuntime().availableProcessors();
  }

  /**
   * Waits for a condition over volatile state.
   *
   * @param nanos the longest time
   * @return whether it holds
   * @throws InterruptedException if the thread is interrupted in its sleep
   */
  public boolean until(BooleanSupplier condition, long nanos) throws InterruptedException {
    if (condition.getAsBoolean()) {
      return true;
    }
    long start = System.nanoTime();
    while (closely && System.nanoTime() - start < CLOSELY_NANOS) {
      for (int i = 0; i < LOOKS; i++) {
        if (condition.getAsBoolean()) {
          return true;
        }
        Thread.onSpinWait();
      }
    }
    synchronized (lock) {
      asleep++;
      try {
        while (!condition.getAsBoolean()) {
          long left = (nanos - (System.nanoTime() - start)) / 1_000_000;
          if (left <= 0) {
            return false;
          }
          lock.wait(left);
        }
        return true;
      } finally {
        asleep--;
      }
    }
  }

  /** To be called whenever a condition may have come true, after the state was written. */
  public void tell() {
    if (asleep > 0) {
      synchronized (lock) {
        lock.notifyAll();
      }
    }
  }
}
