package io.kiln.spark.cluster;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again what may succeed when it is tried again. Progress makes the count start anew, so a
 * long fit survives any number of lost executors, but a fit that fails at the same place ends.
 *
 * @param most attempts in a row without progress
 * @param backOff how long to wait after the first, second… of them; the last one repeats
 */
public record Attempts(int most, List<Duration> backOff) {
  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

  /** Three attempts without progress; 1, 2, 4 seconds between them. */
  public static final Attempts DEFAULT =
      new Attempts(3, List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4)));

  /** One attempt. */
  @FunctionalInterface
  public interface Attempt<R> {
    /**
     * Makes the attempt, from the newest checkpoint if there is one.
     *
     * @param number counts from 0
     * @throws AttemptFailedException if it failed
     */
    R run(int number);
  }

  /** Checks the numbers. */
  public Attempts {
    if (most < 1 || backOff.isEmpty()) {
      throw new IllegalArgumentException("attempts: at least one attempt and one wait are needed");
    }
    backOff = List.copyOf(backOff);
  }

  /**
   * Makes attempts until one succeeds.
   *
   * @param progress how far the work has come, for instance the step of the newest checkpoint;
   *     asked before the first attempt and after each failure
   * @throws AttemptFailedException the last one's, if there were too many without progress or it
   *     cannot be retried
   */
  public <R> R run(LongSupplier progress, Attempt<R> attempt) {
    long reached = progress.getAsLong();
    int inVain = 0;
    for (int number = 0; ; number++) {
      try {
        return attempt.run(number);
      } catch (AttemptFailedException e) {
        long now = progress.getAsLong();
        inVain = now > reached ? 1 : inVain + 1;
        reached = Math.max(reached, now);
        if (!e.retryable()) {
          throw e;
        }
        if (inVain >= most) {
          throw e.givenUp(inVain);
        }
        Duration wait = backOff.get(Math.min(inVain, backOff.size()) - 1);
        LOG.warn("{}; next attempt in {} s", e.getMessage(), wait.toSeconds());
        try {
          Thread.sleep(wait.toMillis());
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          e.addSuppressed(interrupted);
          throw e;
        }
      }
    }
  }
}
