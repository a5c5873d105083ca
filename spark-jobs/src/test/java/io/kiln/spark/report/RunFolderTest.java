package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.FormatException;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  private final HadoopStorage storage = new HadoopStorage();
  @TempDir private Path folder;

  private RunFolder create(String out) {
    return RunFolder.create(
        storage, folder.resolve(out).toString(), "name", Map.of(), Samples.environment());
  }

  private JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(folder.resolve(file)));
  }

  @Test
  void aNewFolderSaysThatTheRunIsRunning() throws IOException {
    try (RunFolder run = create("a")) {
      assertThat(run.other()).isFalse();
      assertThat(json("a/report.json").get("status").asText()).isEqualTo("running");
      assertThat(json("a/report.json").get("run_id").asText()).isEqualTo("a");
    }
  }

  @Test
  void aTakenFolderIsNeverTouched() throws IOException {
    create("a").close();
    byte[] first = Files.readAllBytes(folder.resolve("a/report.json"));

    try (RunFolder second = create("a/");
        RunFolder third = create("a")) {
      assertThat(second.path()).endsWith("/a-2");
      assertThat(third.path()).endsWith("/a-3");
      assertThat(third.other()).isTrue();
      third.write(third.report().change().succeeded().report());
    }
    assertThat(folder.resolve("a/report.json")).hasBinaryContent(first);
    assertThat(json("a-3/report.json").get("run_id").asText()).isEqualTo("a-3");
  }

  @Test
  void anEmptyFolderIsUsed() throws IOException {
    Files.createDirectory(folder.resolve("empty"));
    try (RunFolder run = create("empty")) {
      assertThat(run.path()).endsWith("/empty");
    }
  }

  @Test
  void aPlaceThatCannotBeWrittenIsAMistakeOfUsage() throws IOException {
    Files.writeString(folder.resolve("file"), "x");

    assertThatThrownBy(() -> create("file/below"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("--out: ")
        .hasMessageEndingWith("give another folder with --out");
  }

  @Test
  void theJsonHasTheNamesOfTheContract() throws IOException {
    try (RunFolder run = create("a")) {
      run.write(Samples.classification());
    }

    JsonNode report = json("a/report.json");
    assertThat(report.fieldNames())
        .toIterable()
        .containsExactly(
            "status",
            "name",
            "run_id",
            "started",
            "config",
            "environment",
            "data",
            "model",
            "history",
            "test",
            "baseline",
            "saved_epoch",
            "timing",
            "recovery",
            "weights_sha256");
    assertThat(report.at("/environment").fieldNames())
        .toIterable()
        .containsExactly("kiln", "spark", "java", "workers", "executors");
    assertThat(report.at("/data/train_count").isIntegralNumber()).isTrue();
    assertThat(report.at("/model/layers/0").fieldNames())
        .toIterable()
        .containsExactly(
            "name", "type", "output_shape", "parameters", "forward_flops", "backward_flops");
    assertThat(report.at("/history/0").fieldNames())
        .toIterable()
        .containsExactly(
            "epoch",
            "step",
            "train_loss",
            "train_accuracy",
            "validation_loss",
            "validation_accuracy",
            "learning_rate",
            "seconds",
            "samples_per_second");
    assertThat(report.at("/test/confusion/0/0").isIntegralNumber()).isTrue();
    assertThat(report.at("/timing").fieldNames())
        .toIterable()
        .containsExactly("startup", "compute", "communicate", "data", "checkpoint", "total");
    assertThat(report.at("/recovery").fieldNames())
        .toIterable()
        .containsExactly("attempts", "lost_steps");
  }

  @Test
  void aRegressionHasLossesOnly() throws IOException {
    try (RunFolder run = create("a")) {
      run.write(Samples.regression());
    }

    JsonNode report = json("a/report.json");
    assertThat(report.at("/history/0").has("train_accuracy")).isFalse();
    assertThat(report.at("/test").has("accuracy")).isFalse();
    assertThat(report.at("/test/rmse").isNumber()).isTrue();
  }

  @Test
  void aNumberThatIsNoneIsNull() throws IOException {
    try (RunFolder run = create("a")) {
      run.write(Samples.diverged());
    }

    assertThat(json("a/report.json").at("/history/0/train_loss").isNull()).isTrue();
    RunReport read = RunFolder.read(storage, folder.resolve("a").toString());
    assertThat(read.history().get(0).trainLoss()).isNaN();
    assertThat(read.error()).startsWith("step 12");
  }

  @Test
  void theTableHasARowAnEpoch() throws IOException {
    try (RunFolder run = create("a")) {
      run.write(Samples.regression());
    }

    assertThat(Files.readAllLines(folder.resolve("a/metrics.csv")))
        .hasSize(31)
        .startsWith(
            "epoch,step,train_loss,train_accuracy,validation_loss,validation_accuracy,"
                + "learning_rate,seconds,samples_per_second")
        .anyMatch(line -> line.matches("1,10,[0-9.]+,,[0-9.]+,,0.01,0.1,1000.0"));
  }

  @Test
  void aResumedRunKeepsItsHistory() throws IOException {
    String path;
    try (RunFolder run = create("a")) {
      run.write(Samples.classification());
      path = run.path();
    }

    try (RunFolder again = RunFolder.resume(storage, path + "/")) {
      assertThat(again.path()).isEqualTo(path);
      assertThat(again.report()).isEqualTo(Samples.classification());
      RunReport.Epoch tenth = again.report().history().get(9);
      assertThat(again.report().change().running().epoch(tenth).report().history())
          .hasSize(10)
          .endsWith(tenth);
    }
  }

  @Test
  void aMissingOrDamagedReportIsNamed() throws IOException {
    Path damaged = Files.createDirectory(folder.resolve("damaged"));
    Files.writeString(damaged.resolve("report.json"), "{\"status\": \"running\", \"name\": 1}}");
    Files.writeString(folder.resolve("x.json"), "[");

    assertThatThrownBy(() -> RunFolder.read(storage, folder.resolve("none").toString()))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> RunFolder.read(storage, folder.resolve("x.json").toString()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("this is no report of Kiln");
  }

  @Test
  void aSweepFolderHoldsItsThreeFiles() throws IOException {
    SweepFolder sweep =
        SweepFolder.create(
            storage, folder.resolve("s").toString(), "sweep", Map.of(), "validation.accuracy");
    sweep.write(Samples.sweep());

    JsonNode report = json("s/sweep.json");
    assertThat(report.at("/trials/0").fieldNames())
        .toIterable()
        .contains("id", "params", "status", "epochs", "validation_accuracy", "seconds", "executor");
    assertThat(report.at("/best").fieldNames()).toIterable().containsExactly("id", "params");
    assertThat(report.at("/test/accuracy").isNumber()).isTrue();
    assertThat(report.at("/slot_utilization").asDouble()).isEqualTo(0.87);
    assertThat(Files.readAllLines(folder.resolve("s/trials.csv")))
        .hasSize(19)
        .startsWith(
            "id,status,model.hidden,optimizer.learning-rate,epochs,validation_accuracy,"
                + "validation_loss,seconds,executor,error");
    assertThat(SweepFolder.read(storage, sweep.path()).trials()).hasSize(18);
    assertThat(folder.resolve("s/sweep.html")).exists();
  }
}
