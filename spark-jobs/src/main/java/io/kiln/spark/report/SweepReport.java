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
 * @param search how trials were chosen, or null
 * @param ensemble what the best answered together, or null
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
    @Nullable Double seconds,
    @Nullable Search search,
    @Nullable Ensemble ensemble) {

  /** Copies the list; what a JSON does not have is empty. */
  @SuppressWarnings("ConstantValue") // Jackson gives null for what is not there
  public SweepReport {
    trials = trials == null ? List.of() : List.copyOf(trials);
    config = config == null ? Map.of() : config;
    metric = metric == null ? "validation.accuracy" : metric;
  }

  /** A report that says nothing of how trials were chosen. */
  public SweepReport(
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
    this(
        status,
        name,
        started,
        error,
        config,
        metric,
        trials,
        best,
        test,
        slotUtilization,
        seconds,
        null,
        null);
  }

  /**
   * How trials were chosen.
   *
   * @param strategy its name
   * @param rungs epochs at which trials are compared and stopped; null where they are not
   * @param most trials there can be
   * @param epochs that were trained, over all trials and folds
   * @param epochsBudget of all trials together; null for any number
   * @param secondsBudget of the sweep; null for any time
   * @param target metric that is enough; null for none
   * @param ended why nothing more was begun; null if all trials were
   * @param workers of each fit
   * @param folds of each trial; null without cross-validation
   * @param slots task slots there were at most
   */
  public record Search(
      String strategy,
      @Nullable List<Integer> rungs,
      int most,
      long epochs,
      @Nullable Integer epochsBudget,
      @Nullable Double secondsBudget,
      @Nullable Double target,
      @Nullable String ended,
      int workers,
      @Nullable Integer folds,
      int slots) {}

  /**
   * What several trials answer together: the mean of their probabilities, or of their numbers.
   *
   * @param trials their names, the best first
   * @param test of the answers
   */
  public record Ensemble(List<String> trials, Test test) {}

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
   * @param value the metric it is ranked by, of folds their mean; null if it has none
   * @param deviation of the metric over the folds; null without folds
   * @param rungs where it was compared with others, in order; null if it never was
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
      @Nullable String error,
      @Nullable Double value,
      @Nullable Double deviation,
      @Nullable List<Rung> rungs) {
    /** A trial that was never compared, ranked by what the metric names. */
    public Trial(
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
        @Nullable String error) {
      this(
          id,
          params,
          status,
          epochs,
          validationAccuracy,
          validationLoss,
          seconds,
          executor,
          start,
          curve,
          error,
          null,
          null,
          null);
    }
  }

  /**
   * A place where a trial was compared with others.
   *
   * @param epochs it had behind it
   * @param value the metric there; null if it failed on the way
   * @param at seconds from the start of the sweep
   * @param promoted whether it went on
   */
  public record Rung(int epochs, @Nullable Double value, double at, boolean promoted) {}

  /** Whether a greater metric is the better one. */
  public boolean greaterIsBetter() {
    return metric.endsWith("accuracy");
  }

  /** A value in one line, as people read it. */
  public static String setting(Object value) {
    return Page.value(value);
  }

  /** The values of a trial in one line, as people read them. */
  public static String settings(Map<String, Object> params) {
    return Page.value(params);
  }
}
