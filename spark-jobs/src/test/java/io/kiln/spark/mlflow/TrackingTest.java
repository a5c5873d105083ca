package io.kiln.spark.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs and sweeps told to a small server that speaks MLflow's REST interface. */
@Timeout(300)
class TrackingTest {
  @TempDir private Path temp;

  private final HadoopStorage storage = new HadoopStorage(new Configuration());

  private static RunConfig config(String server) {
    return RunConfig.of(
        Map.of(
            "name", "digits",
            "model", Map.of("type", "mlp", "hidden", List.of(8)),
            "optimizer", Map.of("type", "sgd", "learning-rate", 0.1),
            "report", Map.of("mlflow", server, "mlflow-experiment", "numbers")));
  }

  private static RunReport.Epoch epoch(int n) {
    return new RunReport.Epoch(n, 10L * n, 1.0 / n, 0.9, 0.5 / n, 0.8 + n / 32.0, 0.1, 1, 100);
  }

  private RunFolder folder(RunConfig config, String name) {
    return RunFolder.create(
        storage,
        temp.resolve(name).toString(),
        config.name(),
        config.resolved(),
        new RunReport.Environment("1", "4", "17", 1, List.of()));
  }

  private static void train(RunFolder folder, int from, int to) throws IOException {
    folder.update(folder.report().change().running().report());
    for (int n = from; n <= to; n++) {
      folder.update(folder.report().change().epoch(epoch(n)).report());
    }
  }

  @Test
  void aRunHasParametersMetricsModelAndReport() throws Exception {
    try (TrackingServer server = new TrackingServer(null)) {
      RunConfig config = config(server.address());
      try (RunFolder folder = folder(config, "one")) {
        Tracking.follow(folder, config, storage);
        train(folder, 1, 3);
        Files.createDirectories(temp.resolve("one/model"));
        Files.writeString(temp.resolve("one/model/model.yaml"), "type: mlp");
        folder.write(
            folder
                .report()
                .change()
                .test(new RunReport.Test(0.4, 0.85, null, null, null, null))
                .succeeded()
                .report());
      }
      assertThat(server.experiments).containsExactly("numbers");
      TrackingServer.Run run = server.run("digits/one");
      assertThat(run.status).isEqualTo("FINISHED");
      assertThat(run.params)
          .containsEntry("optimizer.learning-rate", "0.1")
          .containsEntry("model.hidden", "[8]")
          .containsKey("train.epochs");
      assertThat(run.metrics.get("validation_accuracy")).containsExactly(0.83125, 0.8625, 0.89375);
      assertThat(run.metrics.get("test_accuracy")).containsExactly(0.85);
      assertThat(server.artifacts.keySet())
          .contains(
              "0/run0/artifacts/report.html",
              "0/run0/artifacts/report.json",
              "0/run0/artifacts/model/model.yaml");
      assertThat(
              new String(
                  server.artifacts.get("0/run0/artifacts/report.json"), StandardCharsets.UTF_8))
          .contains("\"succeeded\"");
    }
  }

  @Test
  void aResumedRunGoesOnInTheSameRun() throws Exception {
    try (TrackingServer server = new TrackingServer(null)) {
      RunConfig config = config(server.address());
      try (RunFolder folder = folder(config, "one")) {
        Tracking.follow(folder, config, storage);
        train(folder, 1, 2);
        folder.write(folder.report().change().failed("killed").report());
      }
      assertThat(server.run("digits/one").status).isEqualTo("FAILED");
      try (RunFolder folder = RunFolder.resume(storage, temp.resolve("one").toString())) {
        Tracking.follow(folder, config, storage);
        train(folder, 3, 4);
        folder.write(folder.report().change().succeeded().report());
      }
      assertThat(server.runs).hasSize(1);
      assertThat(server.run("digits/one").status).isEqualTo("FINISHED");
      assertThat(server.run("digits/one").metrics.get("train_loss")).hasSize(4);
    }
  }

  @Test
  void trialsAndTheBestAreNestedInTheSweep() throws Exception {
    try (TrackingServer server = new TrackingServer(null)) {
      RunConfig config = config(server.address());
      String place = temp.resolve("sweep").toString();
      try (SweepFolder sweep =
          SweepFolder.create(
              storage, place, config.name(), config.resolved(), "validation.accuracy")) {
        Tracking.follow(sweep, config, storage);
        SweepReport begun = sweep.report();
        List<Trial> trials =
            List.of(
                trial("trial-001", TrialStatus.SUCCEEDED, 0.9, null),
                trial("trial-002", TrialStatus.FAILED, null, "the loss is NaN"));
        sweep.write(with(begun, trials, RunReport.Status.RUNNING));
        while (!Files.exists(temp.resolve("sweep/mlflow.json"))) {
          Thread.sleep(20);
        }
        try (RunFolder best = folder(config, "sweep/best")) {
          Tracking.follow(best, config, storage);
          train(best, 1, 1);
          best.write(best.report().change().succeeded().report());
        }
        sweep.write(with(begun, trials, RunReport.Status.SUCCEEDED));
      }
      TrackingServer.Run parent = server.run("digits");
      assertThat(parent.status).isEqualTo("FINISHED");
      for (String nested : List.of("trial-001", "trial-002", "best")) {
        assertThat(server.run(nested).tags).containsEntry("mlflow.parentRunId", "run0");
      }
      assertThat(server.run("trial-001").params).containsEntry("model.hidden", "[16]");
      assertThat(server.run("trial-001").metrics.get("validation_accuracy"))
          .containsExactly(0.5, 0.9);
      assertThat(server.run("trial-002").status).isEqualTo("FAILED");
      assertThat(server.artifacts).containsKey("0/run0/artifacts/sweep.html");
    }
  }

  private static Trial trial(
      String id, TrialStatus status, @Nullable Double accuracy, @Nullable String error) {
    return new Trial(
        id,
        Map.of("model.hidden", List.of(16)),
        status,
        2,
        accuracy,
        accuracy == null ? null : 0.3,
        1.5,
        "e",
        0.5,
        accuracy == null ? null : List.of(0.5, accuracy),
        error);
  }

  private static SweepReport with(SweepReport begun, List<Trial> trials, RunReport.Status status) {
    return new SweepReport(
        status,
        begun.name(),
        begun.started(),
        null,
        begun.config(),
        begun.metric(),
        trials,
        null,
        null,
        0.9,
        3.0);
  }

  @Test
  void aServerThatIsNotThereFailsNoRun() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    RunConfig config = config("http://127.0.0.1:" + free);
    try (RunFolder folder = folder(config, "one")) {
      Tracking.follow(folder, config, storage);
      train(folder, 1, 3);
      folder.write(folder.report().change().succeeded().report());
    }
    assertThat(temp.resolve("one/report.html")).exists();
    assertThat(temp.resolve("one/mlflow.json")).doesNotExist();
  }

  @Test
  void aServerThatIsOutOfOrderIsAskedOnce() throws Exception {
    try (TrackingServer server = new TrackingServer(500)) {
      RunConfig config = config(server.address());
      try (RunFolder folder = folder(config, "one")) {
        Tracking.follow(folder, config, storage);
        train(folder, 1, 3);
        folder.write(folder.report().change().succeeded().report());
      }
      assertThat(server.authorizations).hasSize(1);
    }
  }

  @Test
  void tokensGoToTheServerAndNowhereElse() throws Exception {
    try (TrackingServer server = new TrackingServer(null);
        TrackingServer store = new TrackingServer(null)) {
      MlflowServer client =
          new MlflowServer(server.address(), Map.of("MLFLOW_TRACKING_TOKEN", "secret"));
      client.experiment("x");
      client.put(store.address() + "/api/2.0/mlflow-artifacts/artifacts/a", new byte[1]);
      assertThat(server.authorizations).containsOnly("Bearer secret");
      assertThat(store.authorizations).containsExactly("");
    }
  }
}
