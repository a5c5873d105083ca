package io.kiln.spark.config;

/** The numbers of an epoch that a configuration can name. */
public final class Metrics {
  static final String[] NAMES = {"validation.accuracy", "validation.loss"};

  private Metrics() {}

  /** Whether a greater value of that metric is the better one. */
  public static boolean greaterIsBetter(String metric) {
    return metric.endsWith("accuracy");
  }
}
