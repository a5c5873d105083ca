package io.kiln.spark.cli;

import static io.kiln.spark.cli.Typed.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that begin with a file of weights or apply one, on Spark in this JVM. */
@Tag("spark")
class PretrainedCommandsTest {
  private static final String CONFIG =
      """
      name: tiny
      data:      {format: synthetic, train: 500, validation: 100, test: 200, normalize: false}
      model:     {type: mlp, hidden: [12]}
      optimizer: {type: adam, learning-rate: 0.005}
      train:     {epochs: 2, batch-size: 32}
      cluster:   {workers: 2}
      sweep:     {space: {model.freeze: [["1.*"], ["1.weight"]]}}
      """;

  @TempDir static Path shared = Path.of("");
  @TempDir Path folder;
  private Path config = Path.of("");
  private Path weights = Path.of("");

  @BeforeAll
  static void trainABase() throws IOException {
    Path config = Files.writeString(shared.resolve("tiny.yaml"), CONFIG);
    Path base = shared.resolve("base");
    assertThat(kiln("train", config, "--master", "local[2]", "--out", base).err()).isEmpty();
  }

  /** The bare weights of the base in a folder of data. */
  @BeforeEach
  void copyTheBase() throws IOException {
    config = shared.resolve("tiny.yaml");
    weights = folder.resolve("data/weights/base.safetensors");
    Files.createDirectories(weights.getParent());
    Files.copy(shared.resolve("base/model/model.safetensors"), weights);
  }

  private Typed train(String name, Object... more) {
    List<Object> words = new ArrayList<>(List.of("train", config, "--master", "local[2]"));
    words.addAll(List.of("--out", folder.resolve(name)));
    words.addAll(Arrays.asList(more));
    return kiln(words.toArray());
  }

  /** Trains from the base's weights. */
  private Typed transfer(String name, Object... more) {
    List<Object> words = new ArrayList<>(List.of("--data", folder.resolve("data")));
    words.addAll(List.of("--set", "model.weights.path=weights/base.safetensors"));
    words.addAll(Arrays.asList(more));
    return train(name, words.toArray());
  }

  private NamedTensors values(String file) throws IOException {
    return Safetensors.read(new LocalStorage(), folder.resolve(file).toString());
  }

  private JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(folder.resolve(file)));
  }

  @Test
  void frozenValuesComeThroughTrainingAsTheyWere() throws IOException {
    Typed said =
        transfer("run", "--set", "model.freeze=[1.*]", "--set", "model.weights.except=[3.*]");
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    NamedTensors before = values("data/weights/base.safetensors");
    NamedTensors after = values("run/model/model.safetensors");
    assertThat(after.tensor("1.weight").toArray()).isEqualTo(before.tensor("1.weight").toArray());
    assertThat(after.tensor("3.weight").toArray())
        .isNotEqualTo(before.tensor("3.weight").toArray());
    JsonNode report = json("run/report.json");
    assertThat(report.path("config").path("model").path("weights").path("sha256").asText())
        .matches("[0-9a-f]{64}");
    assertThat(report.path("model").path("layers").path(1).path("backward_flops").asLong())
        .isZero();

    Files.delete(weights);
    assertThat(evaluate("run").path("accuracy").asDouble())
        .isEqualTo(report.path("test").path("accuracy").asDouble());
  }

  private JsonNode evaluate(String model, Object... more) throws IOException {
    String out = "score-" + folder.resolve(model).getFileName();
    List<Object> words = new ArrayList<>(List.of("evaluate", "--model", folder.resolve(model)));
    words.addAll(List.of("--master", "local[2]", "--out", folder.resolve(out)));
    words.addAll(
        more.length > 0 ? Arrays.asList(more) : List.of("--format", "synthetic", "--data", folder));
    Typed said = kiln(words.toArray());
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("accuracy  0.", " of 200)");
    return json(out + "/evaluation.json");
  }

  @Test
  void aRunIsNotGoneOnWithFromOtherWeights() throws IOException {
    assertThat(transfer("run").code()).isZero();
    Path moved = Files.createDirectories(folder.resolve("moved/weights"));
    Files.copy(weights, moved.resolve("base.safetensors"));
    String path = "model.weights.path=" + moved.resolve("base.safetensors");
    Typed same = transfer("run", "--set", path, "--resume", "--set", "train.epochs=3");
    assertThat(same.err()).isEmpty();
    assertThat(same.code()).isZero();

    Files.delete(weights);
    assertThat(train("other", "--set", "train.seed=5").code()).isZero();
    Files.copy(folder.resolve("other/model/model.safetensors"), weights);
    Typed other = transfer("run", "--resume");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("is of other settings or data");
  }

  @Test
  void aSweepTriesWhatIsFrozen() throws IOException {
    Typed said =
        kiln(
            "sweep",
            config,
            "--master",
            "local[2]",
            "--data",
            folder.resolve("data"),
            "--out",
            folder.resolve("sweep"),
            "--set",
            "model.weights.path=weights/base.safetensors");
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    JsonNode sweep = json("sweep/sweep.json");
    for (JsonNode trial : sweep.path("trials")) {
      assertThat(trial.path("status").asText()).isEqualTo("succeeded");
    }
    assertThat(values("sweep/best/model/model.safetensors").tensor("1.weight").toArray())
        .isEqualTo(values("data/weights/base.safetensors").tensor("1.weight").toArray());
  }

  @Test
  void mistakesAreTwoAndUnreadableFilesThree() throws IOException {
    assertFails(
        2, "'1.wieght' fits no parameter; did you mean '1.weight'?", "model.freeze=1.wieght");
    assertFails(2, "[*] freezes every parameter", "model.freeze=[\"*\"]");
    assertFails(2, "'1.weight' is [12, 784] in", "model.hidden=[13]");
    assertFails(2, "model.weights.exept: there is no such key", "model.weights.exept=3.*");
    assertFails(3, "nowhere.safetensors is not there", "model.weights.path=nowhere.safetensors");
    byte[] whole = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(whole, whole.length / 2));
    assertFails(3, "base.safetensors at byte ", "train.seed=1");
  }

  private void assertFails(int code, String message, String assignment) {
    Typed said = transfer("failing", "--set", assignment);
    assertThat(said.code()).as(said.err()).isEqualTo(code);
    assertThat(said.err()).startsWith("kiln: ").contains(message);
    assertThat(said.err().lines()).hasSize(1);
    assertThat(folder.resolve("failing")).doesNotExist();
  }

  @Test
  void aBareFileIsAppliedAsItsNetworkIsNamed() throws IOException {
    double accuracy = json(shared + "/base/report.json").path("test").path("accuracy").asDouble();
    String file = "data/weights/base.safetensors";
    JsonNode named =
        evaluate(
            file,
            "--net",
            "mlp",
            "--set",
            "model.hidden=[12]",
            "--format",
            "synthetic",
            "--data",
            folder,
            "--set",
            "data={train: 500, test: 200, normalize: false, format: synthetic, path: x}");
    assertThat(named.path("accuracy").asDouble()).isEqualTo(accuracy);
    Files.move(folder.resolve("score-base.safetensors"), folder.resolve("moved"));
    JsonNode described = evaluate(file, "--config", config, "--data", folder);
    assertThat(described).isEqualTo(named);

    Typed unnamed = kiln("evaluate", "--model", weights, "--format", "synthetic", "--data", folder);
    assertThat(unnamed.code()).isEqualTo(2);
    assertThat(unnamed.err())
        .isEqualTo(
            "kiln: --model: there is no model.yaml beside "
                + weights
                + " that says what network it holds; name it with --net or --config");
    Typed wrong =
        kiln(
            "evaluate",
            "--model",
            weights,
            "--net",
            "mlp",
            "--format",
            "synthetic",
            "--data",
            "x",
            "--set",
            "data.normalize=false");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("model.weights: '3.weight' (and 1 more) in ", "are not in the network");
  }

  @Test
  void theLikeliestClassesAreWrittenByName() throws IOException {
    Path names = Files.writeString(folder.resolve("names.txt"), NAMES);
    List<Object> words =
        new ArrayList<>(List.of("predict", "--model", weights, "--config", config));
    words.addAll(List.of("--data", folder, "--master", "local[2]", "--top", 2, "--names", names));
    Typed printed = kiln(words.toArray());
    assertThat(printed.err()).isEmpty();
    List<String> lines = printed.out().lines().toList();
    assertThat(lines).hasSize(3 * 200);
    assertThat(lines.get(0)).isEqualTo("1");
    assertThat(lines.get(1)).matches(" {2}0\\.\\d{4} {2}(zero, or nothing|digit \\d)");

    words.addAll(List.of("--out", folder.resolve("top.csv")));
    assertThat(kiln(words.toArray()).code()).isZero();
    List<String> csv = Files.readAllLines(folder.resolve("top.csv"));
    assertThat(csv.get(0)).isEqualTo("Id,Category,class1,probability1,class2,probability2");
    assertThat(csv).anyMatch(line -> line.matches("\\d+,0,\"zero, or nothing\",0\\.\\d+,digit.*"));

    words.set(words.size() - 1, folder.resolve("top.parquet"));
    assertThat(kiln(words.toArray())).extracting(Typed::err).isEqualTo("");
    assertThat(folder.resolve("top.parquet/_SUCCESS")).exists();

    Files.writeString(names, "only one\n");
    words.set(words.size() - 1, folder.resolve("few.csv"));
    Typed few = kiln(words.toArray());
    assertThat(few.code()).isEqualTo(2);
    assertThat(few.err()).contains("has 1 names but the model answers with 10 classes");
    assertThat(kiln("predict", "--model", weights, "--config", config, "--data", "x").err())
        .startsWith("kiln: --out: it is missing;");
  }

  private static final String NAMES =
      """
      n00000000 zero, or nothing
      digit 1
      digit 2
      digit 3
      digit 4
      digit 5
      digit 6
      digit 7
      digit 8
      digit 9
      """;
}
