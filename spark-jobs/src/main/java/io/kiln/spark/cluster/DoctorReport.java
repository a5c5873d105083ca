package io.kiln.spark.cluster;

import io.kiln.nn.collective.AllReduceProbe.Timing;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * What a cluster can do.
 *
 * @param executors one row each
 * @param workers that took part
 * @param way how they reach each other
 * @param allReduce times of all-reduces among all workers, by length
 */
public record DoctorReport(
    List<Executor> executors, int workers, String way, List<Timing> allReduce) {
  private static final long[] PARAMETERS = {10_000, 200_000, 1_000_000, 10_000_000, 50_000_000};
  private static final double[] STEP_MILLIS = {1, 5, 20, 100};

  /**
   * One executor process.
   *
   * @param id Spark's name of it
   * @param workers of the gang inside it
   * @param threads they used together
   * @param blas the BLAS really in use
   * @param reason why it is not a native one; empty if it is
   * @param oneThread GFLOP/s of one thread, float32, 512×512×512
   * @param allThreads GFLOP/s of all threads together
   * @param java version of the JDK
   * @param heap most bytes of heap
   * @param processors the JVM sees
   */
  public record Executor(
      String id,
      String host,
      int workers,
      int threads,
      String blas,
      String reason,
      double oneThread,
      double allThreads,
      String java,
      long heap,
      int processors) {}

  /** Seconds of an all-reduce of so many floats: between the measured lengths a straight line. */
  public double allReduceSeconds(long floats) {
    Timing before = allReduce.get(0);
    Timing after = allReduce.get(0);
    for (Timing timing : allReduce) {
      before = after;
      after = timing;
      if (timing.floats() >= floats) {
        break;
      }
    }
    if (after.floats() == before.floats()) {
      return after.seconds();
    }
    double slope = (after.seconds() - before.seconds()) / (after.floats() - before.floats());
    double line = before.seconds() + Math.max(0, slope) * (floats - before.floats());
    return Math.max(allReduce.get(0).seconds(), line);
  }

  /**
   * Part of the ideal speed that training reaches: {@code t / (t + all-reduce)}.
   *
   * @param parameters of the model
   * @param stepMillis t: what a worker computes between two sums
   */
  public double efficiency(long parameters, double stepMillis) {
    return workers == 1 ? 1 : stepMillis / (stepMillis + 1000 * allReduceSeconds(parameters));
  }

  /** Prints one row an executor, the all-reduce, and the prediction. */
  public void print(PrintStream out) {
    row(
        out,
        "%-9s %-20s %7s %7s %9s %9s %9s %-10s %s",
        "executor",
        "host",
        "workers",
        "threads",
        "GFLOP/s-1",
        "GFLOP/s",
        "heap-MiB",
        "jdk",
        "blas");
    for (Executor one : executors) {
      row(
          out,
          "%-9s %-20s %7d %7d %9.1f %9.1f %9d %-10s %s",
          one.id(),
          one.host(),
          one.workers(),
          one.threads(),
          one.oneThread(),
          one.allThreads(),
          one.heap() >> 20,
          one.java(),
          one.blas());
    }
    for (Executor one : executors) {
      if (!one.reason().isEmpty()) {
        row(out, "executor %s has no native BLAS: %s", one.id(), one.reason());
      }
    }
    out.println();
    if (workers == 1) {
      row(out, "all-reduce: one worker has nothing to exchange");
      return;
    }
    row(out, "all-reduce of %d workers through %s:", workers, way);
    for (Timing timing : allReduce) {
      row(
          out,
          "%10d floats %10.3f ms %8.2f GB/s",
          timing.floats(),
          1000 * timing.seconds(),
          timing.bytesPerSecond() / 1e9);
    }
    out.println();
    row(out, "predicted scaling efficiency of %d workers, by a worker's time for a step:", workers);
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%12s", "parameters"));
    for (double step : STEP_MILLIS) {
      head.append(String.format(Locale.ROOT, "%9.0f ms", step));
    }
    out.println(head);
    for (long parameters : PARAMETERS) {
      StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%12d", parameters));
      for (double step : STEP_MILLIS) {
        line.append(String.format(Locale.ROOT, "%10.0f %%", 100 * efficiency(parameters, step)));
      }
      out.println(line);
    }
  }

  private static void row(PrintStream out, String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
