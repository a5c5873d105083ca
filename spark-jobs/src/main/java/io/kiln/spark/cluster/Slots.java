package io.kiln.spark.cluster;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.api.java.JavaSparkContext;

/** The places where tasks can run at the same time. */
public final class Slots {
  private static final Duration LOOK = Duration.ofMillis(100);

  /** Slots of gangs that are submitted but whose tasks do not run yet; one context a JVM. */
  private static final AtomicInteger PROMISED = new AtomicInteger();

  private Slots() {}

  /** How many there are, busy or not. */
  public static int all(JavaSparkContext spark) {
    SparkContext context = spark.sc();
    return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
  }

  private static int busy(JavaSparkContext spark) {
    int running = 0;
    for (SparkExecutorInfo executor : spark.sc().statusTracker().getExecutorInfos()) {
      running += executor.numRunningTasks();
    }
    return running;
  }

  /**
   * Waits for free slots and promises them to the caller, who calls {@link #release} when its tasks
   * run or never will.
   *
   * @throws ResourcesException if there are not enough in time
   */
  static void acquire(JavaSparkContext spark, int needed, Duration patience)
      throws InterruptedException {
    boolean local = spark.isLocal();
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      int all = all(spark);
      int busy;
      synchronized (PROMISED) {
        busy = busy(spark) + PROMISED.get();
        if (all - busy >= needed) {
          PROMISED.addAndGet(needed);
          return;
        }
      }
      boolean hopeless = local && all < needed;
      if (hopeless || System.nanoTime() - end >= 0) {
        throw new ResourcesException(
            "cluster: "
                + all
                + " task slots are there, "
                + busy
                + " of them busy, "
                + (hopeless ? "" : "after " + patience.toSeconds() + " s, ")
                + "but "
                + needed
                + " workers need one each; "
                + (local
                    ? "use --master local[" + needed + "] or lower cluster.workers"
                    : "give more executors or cores, lower cluster.workers, or raise"
                        + " cluster.timeout"));
      }
      Thread.sleep(LOOK.toMillis());
    }
  }

  static void release(int promised) {
    synchronized (PROMISED) {
      PROMISED.addAndGet(-promised);
    }
  }
}
