package io.kiln.spark.report;

import io.kiln.spark.report.RunReport.Status;
import io.kiln.spark.report.RunReport.Test;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code sweep.json}: all there is to say about one sweep. Times are in seconds.
 *
 * @param status whether it runs, or how it ended
 * @param name of the configuration
 * @param started ISO 8601, UTC
 * @param error why it failed: one line, or null
 * @param config with all defaults
 * @param metric dotted name of what the best trial is best in
 * @param trials in the order they were planned
 * @param best the best trial so far, or null
 * @param test of the best, retrained; or null
 * @param slotUtilization part of the slots' time that trials used, 0 to 1; or null
 * @param seconds the whole sweep took; or null
 */
public record SweepReport(
    Status status,
    String name,
    String started,
    @Nullable String error,
    Map<String, Object> config,
    String metric,
    List<Trial> trials,
    @Nullable Best best,
    @Nullable Test test,
    @Nullable Double slotUtilization,
    @Nullable Double seconds) {

  /** Copies the list; what a JSON does not have is empty. */
  @SuppressWarnings("ConstantValue") // Jackson gives null for what is not there
  public SweepReport {
    trials = trials == null ? List.of() : List.copyOf(trials);
    config = config == null ? Map.of() : config;
    metric = metric == null ? "validation.accuracy" : metric;
  }

  /** The best trial. */
  public record Best(String id, Map<String, Object> params) {}

  /** How a trial is. */
  public enum TrialStatus {
    /** Not begun. */
    PENDING,
    /** Not ended. */
    RUNNING,
    /** Trained to its end. */
    SUCCEEDED,
    /** Ended early, because others are better. */
    STOPPED,
    /** It diverged or broke. */
    FAILED
  }

  /**
   * One trial.
   *
   * @param id name of its run folder
   * @param params its values by dotted key
   * @param epochs it trained
   * @param validationAccuracy of the weights it ended with; null in a regression
   * @param validationLoss of the weights it ended with
   * @param seconds it took
   * @param executor where it ran
   * @param start seconds from the start of the sweep
   * @param curve the metric after each epoch
   * @param error why it failed, or null
   */
  public record Trial(
      String id,
      Map<String, Object> params,
      TrialStatus status,
      int epochs,
      @Nullable Double validationAccuracy,
      @Nullable Double validationLoss,
      double seconds,
      @Nullable String executor,
      @Nullable Double start,
      @Nullable List<Double> curve,
      @Nullable String error) {}

  /** Whether a greater metric is the better one. */
  public boolean greaterIsBetter() {
    return metric.endsWith("accuracy");
  }
}
