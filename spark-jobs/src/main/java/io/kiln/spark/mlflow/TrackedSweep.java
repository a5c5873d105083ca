package io.kiln.spark.mlflow;

import io.kiln.spark.mlflow.MlflowEntry.Metric;
import io.kiln.spark.report.Follower;
import io.kiln.spark.report.RunReport.Status;
import io.kiln.spark.report.Settings;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A sweep as a run of which the trials are nested runs, each told when it is over. */
final class TrackedSweep implements Follower<SweepReport> {
  private static final List<String> FILES = List.of("sweep.html", "sweep.json", "trials.csv");

  private final MlflowServer server;
  private final HadoopStorage storage;
  private final String folder;
  private final String experiment;
  private final Sender<SweepReport> sender;
  private final Set<String> told = new HashSet<>();
  private @Nullable MlflowEntry entry;
  private @Nullable SweepReport latest;
  private String experimentId = "";

  TrackedSweep(MlflowServer server, HadoopStorage storage, String folder, String experiment) {
    this.server = server;
    this.storage = storage;
    this.folder = folder;
    this.experiment = experiment;
    this.sender = new Sender<>(server.address(), this::send);
  }

  @Override
  public void changed(SweepReport report) {
    sender.later(report);
  }

  @Override
  public void close() {
    sender.finish(this::end);
  }

  private void send(SweepReport report) throws IOException {
    latest = report;
    MlflowEntry parent = entry(report);
    for (Trial trial : report.trials()) {
      if (trial.status().compareTo(TrialStatus.RUNNING) > 0 && told.add(trial.id())) {
        tell(report, trial, parent);
      }
    }
  }

  private MlflowEntry entry(SweepReport report) throws IOException {
    MlflowEntry known = entry;
    if (known != null) {
      return known;
    }
    TrackedId before = TrackedId.read(storage, folder);
    MlflowEntry made;
    if (before != null && before.server().equals(server.address())) {
      made = MlflowEntry.resume(server, before.run());
      experimentId = before.experiment();
      for (Trial trial : report.trials()) {
        if (trial.status() == TrialStatus.SUCCEEDED) {
          told.add(trial.id()); // before the break
        }
      }
    } else {
      experimentId = server.experiment(experiment);
      made =
          MlflowEntry.begin(
              server,
              experimentId,
              report.name(),
              null,
              Instant.parse(report.started()).toEpochMilli(),
              Map.of(
                  "mlflow.source.name", "kiln sweep",
                  "mlflow.source.type", "JOB",
                  "kiln.folder", folder));
      made.params(Settings.flat(report.config()));
      TrackedId.write(storage, folder, new TrackedId(server.address(), experimentId, made.id()));
    }
    entry = made;
    return made;
  }

  private void tell(SweepReport report, Trial trial, MlflowEntry parent) throws IOException {
    long begun = Instant.parse(report.started()).toEpochMilli();
    Double start = trial.start();
    long from = begun + Math.round(1000 * (start == null ? 0 : start));
    long to = from + Math.round(1000 * trial.seconds());
    MlflowEntry run =
        MlflowEntry.begin(
            server,
            experimentId,
            trial.id(),
            parent.id(),
            from,
            Map.of("mlflow.source.name", "kiln sweep", "mlflow.source.type", "JOB"));
    run.params(trial.params());
    List<Metric> metrics = new ArrayList<>();
    List<Double> curve = trial.curve() == null ? List.of() : trial.curve();
    String metric = report.metric().replace('.', '_');
    for (int i = 0; i < curve.size(); i++) {
      metrics.add(new Metric(metric, curve.get(i), to, i + 1L));
    }
    metrics.add(
        new Metric("kept_validation_accuracy", trial.validationAccuracy(), to, trial.epochs()));
    metrics.add(new Metric("kept_validation_loss", trial.validationLoss(), to, trial.epochs()));
    run.metrics(metrics);
    if (trial.error() != null) {
      run.tags(Map.of("kiln.error", trial.error()));
    }
    if (trial.status() == TrialStatus.STOPPED) {
      run.tags(Map.of("kiln.stopped", "others were better"));
    }
    run.end(trial.status() != TrialStatus.FAILED, to);
  }

  private void end() throws IOException {
    SweepReport report = latest;
    MlflowEntry run = entry;
    if (report == null || run == null) {
      return;
    }
    long now = System.currentTimeMillis();
    List<Metric> metrics = new ArrayList<>();
    if (report.test() != null) {
      metrics.add(new Metric("test_loss", report.test().loss(), now, 0));
      metrics.add(new Metric("test_accuracy", report.test().accuracy(), now, 0));
    }
    metrics.add(new Metric("slot_utilization", report.slotUtilization(), now, 0));
    run.metrics(metrics);
    SweepReport.Best best = report.best();
    if (best != null) {
      run.tags(Map.of("kiln.best", best.id()));
    }
    List<String> left = new Artifacts(server, storage, run.artifacts()).put(folder, FILES);
    if (!left.isEmpty()) {
      run.tags(Map.of("kiln.left", String.join("; ", left)));
    }
    run.end(report.status() == Status.SUCCEEDED, now);
  }
}
