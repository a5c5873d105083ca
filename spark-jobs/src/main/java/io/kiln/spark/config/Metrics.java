package io.kiln.spark.config;

/** The numbers of an epoch that a configuration can name. */
public final class Metrics {
  /** Those of held-out samples, which decide when a fit has learnt enough. */
  static final String[] NAMES = {"validation.accuracy", "validation.loss"};

  /** All. */
  static final String[] ALL = {
    "validation.accuracy", "validation.loss", "train.accuracy", "train.loss"
  };

  private Metrics() {}

  /** Whether a greater value of that metric is the better one. */
  public static boolean greaterIsBetter(String metric) {
    return metric.endsWith("accuracy");
  }
}
