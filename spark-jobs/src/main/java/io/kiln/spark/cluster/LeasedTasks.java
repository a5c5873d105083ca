package io.kiln.spark.cluster;

import io.kiln.spark.config.ClusterConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A job of Spark's usual tasks that waits for its turn among gangs: it begins when one slot is its
 * own, uses as many as Spark gives it, and what it uses is leased to nobody else.
 */
public final class LeasedTasks {
  /** How long to wait for executors. */
  private static final Duration PATIENCE = Duration.ofSeconds(ClusterConfig.RESOURCES_TIMEOUT);

  private LeasedTasks() {}

  /** Jobs that run under a lease. */
  @FunctionalInterface
  public interface Jobs<T> {
    /** Runs them on this thread. */
    T run() throws IOException;
  }

  /**
   * Runs jobs.
   *
   * @param tasks how many there are at most at one time
   * @throws ResourcesException if there is no slot in time
   * @throws CancellationException if this thread is interrupted while it waits
   */
  public static <T> T run(JavaSparkContext spark, int tasks, Jobs<T> jobs) throws IOException {
    SlotLedger ledger = SlotLedger.of(spark);
    int most = Math.max(1, Math.min(tasks, ledger.all()));
    int cpus = ledger.cpus();
    try (Lease lease = ledger.lease(new Wish(1, most, cpus, cpus), PATIENCE)) {
      spark.setLocalProperty(SlotLedger.LEASE, Long.toString(lease.id()));
      return jobs.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("scoring: interrupted while it waited for a slot");
    } finally {
      spark.setLocalProperty(SlotLedger.LEASE, null);
    }
  }
}
