package io.kiln.spark.mlflow;

import io.kiln.spark.mlflow.MlflowEntry.Metric;
import io.kiln.spark.report.Follower;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.RunReport.Epoch;
import io.kiln.spark.report.RunReport.Status;
import io.kiln.spark.report.Settings;
import io.kiln.spark.report.StepSeries;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run, told epoch by epoch; in the end its test, its report and its model. */
final class TrackedRun implements Follower<RunReport> {
  private static final List<String> FILES =
      List.of(
          "report.html",
          "report.json",
          "metrics.csv",
          "model/model.yaml",
          "model/model.safetensors");

  private final MlflowServer server;
  private final HadoopStorage storage;
  private final String folder;
  private final String experiment;
  private final Sender<RunReport> sender;
  private @Nullable MlflowEntry entry;
  private @Nullable RunReport latest;
  private final int earlier;
  private int lastEpoch;

  /**
   * A run to be told of.
   *
   * @param earlier epochs that were told before: those that were done when it was resumed
   */
  TrackedRun(
      MlflowServer server, HadoopStorage storage, String folder, String experiment, int earlier) {
    this.server = server;
    this.storage = storage;
    this.folder = folder;
    this.experiment = experiment;
    this.earlier = earlier;
    this.sender = new Sender<>(server.address(), this::send);
  }

  @Override
  public void changed(RunReport report) {
    sender.later(report);
  }

  @Override
  public void close() {
    sender.finish(this::end);
  }

  /** On the sender's thread, as all that follows. */
  private void send(RunReport report) throws IOException {
    latest = report;
    MlflowEntry run = entry(report);
    List<Metric> metrics = new ArrayList<>();
    if (!report.history().isEmpty()) {
      int newest = report.history().get(report.history().size() - 1).epoch();
      lastEpoch = Math.min(lastEpoch, newest); // epochs are done again after a resume
    }
    for (Epoch epoch : report.history()) {
      if (epoch.epoch() > lastEpoch) {
        long now = System.currentTimeMillis();
        metrics.add(new Metric("train_loss", epoch.trainLoss(), now, epoch.step()));
        metrics.add(new Metric("train_accuracy", epoch.trainAccuracy(), now, epoch.step()));
        metrics.add(new Metric("validation_loss", epoch.validationLoss(), now, epoch.step()));
        metrics.add(
            new Metric("validation_accuracy", epoch.validationAccuracy(), now, epoch.step()));
        metrics.add(new Metric("learning_rate", epoch.learningRate(), now, epoch.step()));
        metrics.add(new Metric("samples_per_second", epoch.samplesPerSecond(), now, epoch.step()));
        lastEpoch = epoch.epoch();
      }
    }
    run.metrics(metrics);
  }

  private MlflowEntry entry(RunReport report) throws IOException {
    MlflowEntry known = entry;
    if (known != null) {
      return known;
    }
    TrackedId before = TrackedId.read(storage, folder);
    MlflowEntry made;
    if (before != null && before.server().equals(server.address())) {
      made = MlflowEntry.resume(server, before.run());
      lastEpoch = earlier;
    } else {
      TrackedId parent = TrackedId.read(storage, folder.replaceAll("/[^/]*$", ""));
      boolean nested = parent != null && parent.server().equals(server.address());
      String in = nested && parent != null ? parent.experiment() : server.experiment(experiment);
      made =
          MlflowEntry.begin(
              server,
              in,
              nested ? report.runId() : report.name() + "/" + report.runId(),
              nested && parent != null ? parent.run() : null,
              Instant.parse(report.started()).toEpochMilli(),
              Map.of(
                  "mlflow.source.name",
                  "kiln train",
                  "mlflow.source.type",
                  "JOB",
                  "kiln.version",
                  report.environment().kiln(),
                  "kiln.folder",
                  folder));
      made.params(Settings.flat(report.config()));
      TrackedId.write(storage, folder, new TrackedId(server.address(), in, made.id()));
    }
    entry = made;
    return made;
  }

  private void end() throws IOException {
    RunReport report = latest;
    MlflowEntry run = entry;
    if (report == null || run == null) {
      return;
    }
    long now = System.currentTimeMillis();
    long step =
        report.history().isEmpty() ? 0 : report.history().get(report.history().size() - 1).step();
    List<Metric> metrics = new ArrayList<>();
    RunReport.Test test = report.test();
    if (test != null) {
      metrics.add(new Metric("test_loss", test.loss(), now, step));
      metrics.add(new Metric("test_accuracy", test.accuracy(), now, step));
      metrics.add(new Metric("test_rmse", test.rmse(), now, step));
      metrics.add(new Metric("test_r2", test.r2(), now, step));
    }
    StepSeries steps = report.steps();
    for (int i = 0; steps != null && i < steps.step().size(); i++) {
      metrics.add(new Metric("step_loss", steps.loss().get(i), now, steps.step().get(i)));
    }
    RunReport.Timing timing = report.timing();
    if (timing != null) {
      metrics.add(new Metric("seconds_total", timing.total(), now, step));
      metrics.add(new Metric("seconds_compute", timing.compute(), now, step));
      metrics.add(new Metric("seconds_communicate", timing.communicate(), now, step));
      metrics.add(new Metric("seconds_data", timing.data(), now, step));
    }
    run.metrics(metrics);
    if (report.weightsSha256() != null) {
      run.tags(Map.of("kiln.weights_sha256", report.weightsSha256()));
    }
    if (report.error() != null) {
      run.tags(Map.of("kiln.error", report.error()));
    }
    List<String> left = new Artifacts(server, storage, run.artifacts()).put(folder, FILES);
    if (!left.isEmpty()) {
      run.tags(Map.of("kiln.left", String.join("; ", left)));
    }
    run.end(report.status() == Status.SUCCEEDED, now);
  }
}
