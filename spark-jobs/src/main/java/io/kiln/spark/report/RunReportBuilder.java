package io.kiln.spark.report;

import io.kiln.nn.train.LayerWatch;
import io.kiln.spark.report.RunReport.Baseline;
import io.kiln.spark.report.RunReport.Data;
import io.kiln.spark.report.RunReport.Environment;
import io.kiln.spark.report.RunReport.Epoch;
import io.kiln.spark.report.RunReport.Model;
import io.kiln.spark.report.RunReport.Recovery;
import io.kiln.spark.report.RunReport.Status;
import io.kiln.spark.report.RunReport.Test;
import io.kiln.spark.report.RunReport.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fills a report as a run goes on. */
public final class RunReportBuilder {
  private static final int MOST_LOOKS = 40;

  private final String name;
  private final String runId;
  private final String started;
  private Map<String, Object> config;
  private final List<Epoch> history;
  private Environment environment;
  private Status status;
  private @Nullable String error;
  private @Nullable Data data;
  private @Nullable Model model;
  private @Nullable Test test;
  private @Nullable Baseline baseline;
  private @Nullable StepSeries steps;
  private @Nullable AnswerReport answers;
  private final List<LayerWatch.Seen> layers;
  private @Nullable Integer savedEpoch;
  private @Nullable Timing timing;
  private Recovery recovery;
  private @Nullable String weightsSha256;

  RunReportBuilder(RunReport from) {
    name = from.name();
    runId = from.runId();
    started = from.started();
    config = from.config();
    history = new ArrayList<>(from.history());
    environment = from.environment();
    status = from.status();
    error = from.error();
    data = from.data();
    model = from.model();
    test = from.test();
    baseline = from.baseline();
    steps = from.steps();
    answers = from.answers();
    layers = new ArrayList<>(from.layers() == null ? List.of() : from.layers());
    savedEpoch = from.savedEpoch();
    timing = from.timing();
    recovery = from.recovery();
    weightsSha256 = from.weightsSha256();
  }

  /** Sets the configuration: a run that goes on may go on for longer. */
  public RunReportBuilder config(Map<String, Object> value) {
    config = value;
    return this;
  }

  /** Sets the machines. */
  public RunReportBuilder environment(Environment value) {
    environment = value;
    return this;
  }

  /** Sets the counts of samples. */
  public RunReportBuilder data(Data value) {
    data = value;
    return this;
  }

  /** Sets the layers. */
  public RunReportBuilder model(Model value) {
    model = value;
    return this;
  }

  /** Adds an epoch; one that is there already, and those after it, are done again. */
  public RunReportBuilder epoch(Epoch value) {
    history.removeIf(old -> old.epoch() >= value.epoch());
    history.add(value);
    return this;
  }

  /** Sets all epochs. */
  public RunReportBuilder history(List<Epoch> value) {
    history.clear();
    history.addAll(value);
    return this;
  }

  /** Sets the test. */
  public RunReportBuilder test(Test value) {
    test = value;
    return this;
  }

  /** Sets what one gets without learning anything. */
  public RunReportBuilder baseline(Baseline value) {
    baseline = value;
    return this;
  }

  /** Adds steps: those since the present attempt began. */
  public RunReportBuilder steps(StepSeries since, @Nullable StepSeries before) {
    steps = since.after(before);
    return this;
  }

  /** Sets what there is to see of the answers. */
  public RunReportBuilder answers(@Nullable AnswerReport value) {
    answers = value;
    return this;
  }

  /** Adds what was seen of layers; with many epochs, every second of them goes. */
  public RunReportBuilder layers(LayerWatch.Seen value) {
    layers.removeIf(old -> old.epoch() >= value.epoch());
    if (layers.size() >= MOST_LOOKS) {
      for (int i = layers.size() - 2; i > 0; i -= 2) {
        layers.remove(i);
      }
    }
    layers.add(value);
    return this;
  }

  /** Sets which epoch the model's weights are of. */
  public RunReportBuilder savedEpoch(int value) {
    savedEpoch = value;
    return this;
  }

  /** Sets where the time went. */
  public RunReportBuilder timing(Timing value) {
    timing = value;
    return this;
  }

  /** Sets what went wrong on the way. */
  public RunReportBuilder recovery(int attempts, long lostSteps, List<Integer> workers) {
    recovery =
        new Recovery(
            attempts,
            lostSteps,
            workers.isEmpty() ? null : workers,
            recovery.notBitEqual(),
            recovery.failedSaves(),
            recovery.lastFailedSave());
    return this;
  }

  /** Notes that a checkpoint could not be written. */
  public RunReportBuilder saveFailed(String line) {
    Integer before = recovery.failedSaves();
    recovery =
        new Recovery(
            recovery.attempts(),
            recovery.lostSteps(),
            recovery.workers(),
            recovery.notBitEqual(),
            before == null ? 1 : before + 1,
            line);
    return this;
  }

  /** Notes what a resumed run does otherwise than before, and the configuration it has now. */
  public RunReportBuilder resumed(Map<String, Object> now, List<String> changes) {
    config = now;
    List<String> earlier = recovery.notBitEqual();
    List<String> all = new ArrayList<>(earlier == null ? List.of() : earlier);
    all.addAll(changes);
    recovery =
        new Recovery(
            recovery.attempts(),
            recovery.lostSteps(),
            recovery.workers(),
            all.isEmpty() ? null : all,
            recovery.failedSaves(),
            recovery.lastFailedSave());
    return this;
  }

  /** Sets the hash of the final weights. */
  public RunReportBuilder weights(String sha256) {
    weightsSha256 = sha256;
    return this;
  }

  /** The run goes on, e.g. after a resume. */
  public RunReportBuilder running() {
    status = Status.RUNNING;
    error = null;
    return this;
  }

  /** The run ended well. */
  public RunReportBuilder succeeded() {
    status = Status.SUCCEEDED;
    error = null;
    return this;
  }

  /** The run ended badly. */
  public RunReportBuilder failed(String why) {
    status = Status.FAILED;
    error = why;
    return this;
  }

  /** The report so far. */
  public RunReport report() {
    return new RunReport(
        status,
        name,
        runId,
        started,
        error,
        config,
        environment,
        data,
        model,
        history,
        test,
        baseline,
        steps,
        answers,
        layers.isEmpty() ? null : List.copyOf(layers),
        savedEpoch,
        timing,
        recovery,
        weightsSha256);
  }
}
