package io.kiln.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiln.spark.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands from their words to exit code, message and files, on Spark in this JVM. */
@Tag("spark")
class CommandsTest {
  private static final String CONFIG =
      """
      name: tiny
      data:      {format: synthetic, train: 700, validation: 100, test: 100}
      model:     {type: mlp, hidden: [16]}
      optimizer: {type: adam, learning-rate: 0.005}
      train:     {epochs: 3, batch-size: 32}
      cluster:   {workers: 2}
      sweep:     {space: {model.hidden: [[8], [24]], optimizer.learning-rate: [0.005, 0.002]}}
      """;

  @TempDir Path folder;

  private record Said(int code, String err) {}

  private Said kiln(String... words) throws IOException {
    Path config = folder.resolve("tiny.yaml");
    Files.writeString(config, CONFIG);
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.replaceAll(word -> word.equals("CONF") ? config.toString() : word);
    StringWriter err = new StringWriter();
    CommandLine line = Commands.line();
    line.setErr(new PrintWriter(err, true));
    int code = line.execute(all.toArray(new String[0]));
    return new Said(code, err.toString().strip());
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(file));
  }

  private String out(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void trainEvaluateAndPredictGoTogether() throws IOException {
    Said trained = kiln("train", "CONF", "--out", out("run"), "--master", "local[2]");
    assertThat(trained).isEqualTo(new Said(0, ""));
    JsonNode report = json(folder.resolve("run/report.json"));
    assertThat(report.path("status").asText()).isEqualTo("succeeded");
    assertThat(report.path("history")).hasSize(3);
    assertThat(report.path("weights_sha256").asText()).matches("[0-9a-f]{64}");
    assertThat(report.path("data").path("train_count").asInt()).isEqualTo(600);
    assertThat(report.path("model").path("parameters").asInt()).isEqualTo(785 * 16 + 170);
    double accuracy = report.path("test").path("accuracy").asDouble();
    assertThat(accuracy).isBetween(0.3, 1.0);

    Said evaluated =
        kiln(
            "evaluate",
            "--model",
            out("run"),
            "--format",
            "synthetic",
            "--data",
            ".",
            "--out",
            out("score"),
            "--master",
            "local[2]");
    assertThat(evaluated).isEqualTo(new Said(0, ""));
    assertThat(json(folder.resolve("score/evaluation.json")).path("accuracy").asDouble())
        .isEqualTo(accuracy);

    Said predicted =
        kiln(
            "predict",
            "--model",
            out("run/model"),
            "--format",
            "synthetic",
            "--data",
            ".",
            "--probabilities",
            "--out",
            out("labels.csv"),
            "--master",
            "local[2]");
    assertThat(predicted).isEqualTo(new Said(0, ""));
    List<String> lines = Files.readAllLines(folder.resolve("labels.csv"));
    assertThat(lines).hasSize(101);
    assertThat(lines.get(0)).startsWith("Id,Category,p0,p1");
    assertThat(lines.get(100)).matches("100,\\d(,[0-9.E-]+){10}");
  }

  @Test
  void aSweepTriesAllTrainsTheBestAgainAndTestsItOnce() throws IOException {
    Said said = kiln("sweep", "CONF", "--out", out("sweep"), "--master", "local[2]");
    assertThat(said).isEqualTo(new Said(0, ""));
    JsonNode sweep = json(folder.resolve("sweep/sweep.json"));
    assertThat(sweep.path("status").asText()).isEqualTo("succeeded");
    assertThat(sweep.path("trials").findValuesAsText("id"))
        .containsExactly("trial-001", "trial-002", "trial-003", "trial-004");
    // The two with the larger network come first.
    double[] starts =
        sweep.path("trials").findValuesAsText("start").stream()
            .mapToDouble(Double::parseDouble)
            .toArray();
    assertThat(Math.max(starts[2], starts[3])).isLessThan(Math.min(starts[0], starts[1]));
    double best = 0;
    for (JsonNode trial : sweep.path("trials")) {
      assertThat(trial.path("status").asText()).isEqualTo("succeeded");
      assertThat(trial.path("epochs").asInt()).isEqualTo(3);
      best = Math.max(best, trial.path("validation_accuracy").asDouble());
      Path run = folder.resolve("sweep/trials/" + trial.path("id").asText() + "/report.json");
      assertThat(json(run).path("test").isMissingNode() || json(run).path("test").isNull())
          .isTrue();
    }
    String id = sweep.path("best").path("id").asText();
    for (JsonNode trial : sweep.path("trials")) {
      if (trial.path("id").asText().equals(id)) {
        assertThat(trial.path("validation_accuracy").asDouble()).isEqualTo(best);
      }
    }
    assertThat(sweep.path("test").path("accuracy").asDouble())
        .isEqualTo(
            json(folder.resolve("sweep/best/report.json"))
                .path("test")
                .path("accuracy")
                .asDouble());
    // Trials of milliseconds: most of a slot's time is the handing out.
    assertThat(sweep.path("slot_utilization").asDouble()).isPositive().isLessThanOrEqualTo(1.0);
  }

  @Test
  void aRunStoppedHalfWayIsResumedToTheSameWeights() throws IOException {
    kiln("train", "CONF", "--out", out("whole"), "--master", "local[2]");
    kiln("train", "CONF", "--out", out("part"), "--master", "local[2]");
    // As if the driver had died after the second epoch: the newest checkpoint and the model gone.
    Path part = folder.resolve("part/checkpoints");
    try (var files = Files.list(part)) {
      List<Path> all = files.sorted().toList();
      Files.delete(all.get(all.size() - 1));
    }
    Said said = kiln("train", "CONF", "--out", out("part"), "--resume", "--master", "local[2]");
    assertThat(said).isEqualTo(new Said(0, ""));
    JsonNode whole = json(folder.resolve("whole/report.json"));
    JsonNode resumed = json(folder.resolve("part/report.json"));
    assertThat(resumed.path("weights_sha256")).isEqualTo(whole.path("weights_sha256"));
    assertThat(resumed.path("history")).hasSize(3);
  }

  @Test
  void resumeAutoBeginsGoesOnAndSaysThatItIsDone() throws IOException {
    String[] auto = {
      "train", "CONF", "--out", out("auto"), "--resume=auto", "--master", "local[2]"
    };
    assertThat(kiln(auto)).isEqualTo(new Said(0, ""));
    JsonNode begun = json(folder.resolve("auto/report.json"));
    assertThat(begun.path("history")).hasSize(3);

    byte[] done = Files.readAllBytes(folder.resolve("auto/report.json"));
    assertThat(kiln(auto)).isEqualTo(new Said(0, ""));
    assertThat(folder.resolve("auto/report.json")).hasBinaryContent(done);

    List<String> longer = new ArrayList<>(Arrays.asList(auto));
    longer.addAll(List.of("--set", "train.epochs=4"));
    assertThat(kiln(longer.toArray(new String[0]))).isEqualTo(new Said(0, ""));
    assertThat(json(folder.resolve("auto/report.json")).path("history")).hasSize(4);
    done = Files.readAllBytes(folder.resolve("auto/report.json"));
    assertThat(kiln(longer.toArray(new String[0]))).isEqualTo(new Said(0, ""));
    assertThat(folder.resolve("auto/report.json")).hasBinaryContent(done);

    List<String> other = new ArrayList<>(Arrays.asList(auto));
    other.addAll(List.of("--set", "optimizer.learning-rate=0.1"));
    assertThat(kiln(other.toArray(new String[0])).code()).isEqualTo(2);
    assertThat(folder.resolve("auto-2")).doesNotExist();
  }

  @Test
  void aSweepIsResumedWithoutTrainingAnythingAgain() throws IOException {
    String[] sweep = {"sweep", "CONF", "--out", out("again"), "--master", "local[2]"};
    assertThat(kiln(sweep)).isEqualTo(new Said(0, ""));
    List<String> resumed = new ArrayList<>(Arrays.asList(sweep));
    resumed.add("--resume");
    JsonNode before = json(folder.resolve("again/sweep.json"));
    byte[] best = Files.readAllBytes(folder.resolve("again/best/report.json"));
    assertThat(kiln(resumed.toArray(new String[0]))).isEqualTo(new Said(0, ""));
    assertThat(json(folder.resolve("again/sweep.json")).path("trials"))
        .isEqualTo(before.path("trials"));
    assertThat(folder.resolve("again/best/report.json")).hasBinaryContent(best);
    assertThat(folder.resolve("again/best-2")).doesNotExist();

    resumed.addAll(List.of("--set", "train.epochs=4"));
    Said other = kiln(resumed.toArray(new String[0]));
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("train.epochs: 3, now 4");
    resumed.addAll(List.of("--set", "train.epochs=3", "--set", "data.seed=7"));
    assertThat(kiln(resumed.toArray(new String[0])).code()).isEqualTo(2);
    assertThat(data("again/trials/trial-001")).isEqualTo(data("again/best"));
  }

  /** The data of a run's report, but for what its workers read, and why all or a share of it. */
  private JsonNode data(String run) throws IOException {
    JsonNode data = json(folder.resolve(run + "/report.json")).path("data");
    return ((ObjectNode) data).without(List.of("bytes_read", "notes"));
  }

  @Test
  void aSweepThatIsNotThereCannotBeResumed() throws IOException {
    Said unnamed = kiln("sweep", "CONF", "--set", "name=never-swept", "--resume");
    assertThat(unnamed.code()).isEqualTo(5);
    assertThat(unnamed.err()).contains("there is no sweep of the name never-swept under /");
    Said named = kiln("sweep", "CONF", "--out", out("nowhere"), "--resume");
    assertThat(named.code()).isEqualTo(5);
    assertThat(named.err()).contains("holds no sweep");
  }

  @Test
  void badInputGivesOneLineAndTheRightCode() throws IOException {
    assertFails(2, "did you mean train.batch-size", "--set", "train.batchsize=3");
    assertFails(
        2, "train.batch-size: -5 came but it must be 1 or more", "--set", "train.batch-size=-5");
    assertFails(2, "there is no model 'mlpp'; did you mean mlp", "--set", "model.type=mlpp");
    assertFails(2, "optimizer.momentun", "--set", "optimizer={type: sgd, momentun: 0.9}");
    assertFails(2, "matches no trainable parameter", "--set", "optimizer.groups=[{match: x.*}]");
    assertFails(
        2,
        "loss: mean-squared-error is for numbers but the label is one of 10 classes",
        "--set",
        "loss=mse");
    assertFails(
        2,
        "layer 1: dense: x is [1, 1, 28, 28] but rank 2 is needed",
        "--set",
        "model={layers: [{type: relu}, {type: dense, units: 10}]}");
    assertThat(folder.resolve("failing")).doesNotExist();
    assertFails(3, "mnist", "--set", "data={format: mnist, path: /nowhere/mnist}");
    assertFails(4, "the loss is", "--set", "optimizer={type: sgd, learning-rate: 1e30}");
    assertFails(5, "no run", "--resume", "--set", "name=never-trained");
    assertFails(5, "holds no run", "--resume", "--out", out("nowhere"));
    Path file = folder.resolve("a-file");
    Files.writeString(file, "in the way");
    assertFails(2, "a-file", "--out", file + "/below");
  }

  @Test
  void moreWorkersThanSlotsEndsInTime() throws IOException {
    assertFails(6, "5", "--workers", "5", "--set", "cluster.resources-timeout=2");
  }

  private void assertFails(int code, String message, String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("train", "CONF", "--master", "local[2]"));
    if (!Arrays.asList(more).contains("--out") && !Arrays.asList(more).contains("--resume")) {
      words.addAll(List.of("--out", out("failing")));
    }
    words.addAll(Arrays.asList(more));
    Said said = kiln(words.toArray(new String[0]));
    assertThat(said.code()).as(said.err()).isEqualTo(code);
    assertThat(said.err()).startsWith("kiln: ").contains(message);
    assertThat(said.err().lines()).hasSize(1);
  }
}
