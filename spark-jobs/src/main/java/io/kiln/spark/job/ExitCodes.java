package io.kiln.spark.job;

/** What the exit codes of commands mean. */
public final class ExitCodes {
  /** Done. */
  public static final int DONE = 0;

  /** Something Kiln did not foresee; also a gradient check that found an error. */
  public static final int UNEXPECTED = 1;

  /**
   * Usage or configuration; an output place that cannot be written is one, since the user named it.
   */
  public static final int USAGE = 2;

  /** A data or model file is unreadable. */
  public static final int UNREADABLE = 3;

  /** Training diverged, or failed repeatedly at the same place. */
  public static final int DIVERGED = 4;

  /** No usable checkpoint to resume from. */
  public static final int NO_CHECKPOINT = 5;

  /** Cluster resources were not available in time. */
  public static final int NO_RESOURCES = 6;

  /** Stopped by SIGTERM after writing a checkpoint: what the JVM gives by itself. */
  public static final int STOPPED = 143;

  private ExitCodes() {}
}
