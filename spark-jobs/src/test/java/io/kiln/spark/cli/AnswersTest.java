package io.kiln.spark.cli;

import static io.kiln.spark.cli.Typed.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.tensor.Tensor;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What trained models answer, on Spark in this JVM. */
@Tag("spark")
class AnswersTest {
  @TempDir Path folder;

  private void train(String config) throws IOException {
    Path file = Files.writeString(folder.resolve("conf.yaml"), config);
    Typed said =
        kiln(
            "train",
            file,
            "--master",
            "local[2]",
            "--data",
            folder,
            "--out",
            folder.resolve("run"));
    assertThat(said.err()).isEmpty();
  }

  private Typed apply(String command, Object... more) {
    List<Object> words = new ArrayList<>(List.of(command, "--master", "local[2]"));
    words.addAll(List.of("--model", folder.resolve("run")));
    words.addAll(Arrays.asList(more));
    return kiln(words.toArray());
  }

  private List<String> predict(Object... more) throws IOException {
    Path out = folder.resolve("answers.csv");
    Files.deleteIfExists(out);
    List<Object> words = new ArrayList<>(List.of("--out", out));
    words.addAll(Arrays.asList(more));
    Typed said = apply("predict", words.toArray());
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains(" predictions written to ");
    return Files.readAllLines(out);
  }

  private JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(folder.resolve(file)));
  }

  /** Two clouds of points that a line divides; the first is called that, the other otherwise. */
  private Path points(String name, String first, String other) throws IOException {
    Random random = new Random(7);
    StringBuilder rows = new StringBuilder("x,y,kind\n");
    for (int i = 0; i < 200; i++) {
      double side = i % 2 == 0 ? 1.5 : -1.5;
      rows.append(
          String.format(
              Locale.ROOT,
              "%.3f,%.3f,\"%s\"%n",
              side + random.nextGaussian() * 0.3,
              random.nextGaussian(),
              i % 2 == 0 ? first : other));
    }
    return Files.writeString(folder.resolve(name), rows);
  }

  private static String points(String loss, int outputs) {
    return """
    name: points
    data:      {format: csv, path: points.csv, label: kind, test: 0.2}
    model:     {layers: [{type: dense, units: %d}]}
    loss:      %s
    optimizer: {type: adam, learning-rate: 0.1}
    train:     {epochs: 10, batch-size: 20}
    """
        .formatted(outputs, loss);
  }

  @ParameterizedTest
  @CsvSource({
    "softmax-cross-entropy, 2, 7, -3",
    "bce, 1, 1, -1",
    "bce, 1, no, 'yes, of course'",
    "binary-hinge, 1, 5, 3"
  })
  void theAnswerIsTheClassAsItStoodInTheTrainingData(
      String loss, int outputs, String first, String other) throws IOException {
    Path data = points("points.csv", first, other);
    train(points(loss, outputs));
    List<String> lines = predict("--data", data, "--probabilities", "--top", 2);
    String columns = first.equals("no") ? "p_no,\"p_yes, of course\"" : "p" + other + ",p" + first;
    assertThat(lines.get(0))
        .isEqualTo("Id,Category,class1,probability1,class2,probability2," + columns);
    assertThat(lines).hasSize(201);
    int right = 0;
    for (int i = 1; i <= 200; i++) {
      String truth = i % 2 == 1 ? first : other;
      String cell = truth.contains(",") ? '"' + truth + '"' : truth;
      if (lines.get(i).startsWith(i + "," + cell + "," + cell + ",")) {
        right++;
      }
      String[] cells = lines.get(i).split(",", -1);
      double sum =
          Double.parseDouble(cells[cells.length - 1]) + Double.parseDouble(cells[cells.length - 2]);
      assertThat(sum).isBetween(0.999, 1.001);
    }
    assertThat(right).isGreaterThan(195);

    Path parquet = folder.resolve("answers.parquet");
    assertThat(apply("predict", "--data", data, "--out", parquet).err()).isEmpty();
    SparkSession session = SparkSession.builder().master("local[1]").getOrCreate();
    try {
      Row row = session.read().parquet(parquet.toString()).orderBy("Id").first();
      assertThat(row.getInt(0)).isEqualTo(1);
      assertThat(String.valueOf(row.get(1))).isEqualTo(first);
    } finally {
      session.stop();
    }
  }

  @Test
  void aRegressionAnswersUnderItsLabelsName() throws IOException {
    StringBuilder rows = new StringBuilder("x,price\n");
    for (int i = 0; i < 100; i++) {
      rows.append(i).append(',').append(3 * i + 0.5).append('\n');
    }
    Path data = Files.writeString(folder.resolve("prices.csv"), rows);
    train(
        """
        name: prices
        data:      {format: csv, path: prices.csv, label: price, task: regression}
        model:     {layers: [{type: dense, units: 1}]}
        loss:      mse
        optimizer: {type: adam, learning-rate: 0.1}
        train:     {epochs: 3, batch-size: 20}
        """);
    assertThat(predict("--data", data).get(0)).isEqualTo("Id,price");
    assertThat(predict("--data", data, "--set", "data.label=1").get(0)).isEqualTo("Id,Prediction");
    assertThat(apply("predict", "--data", data, "--top", 1).out()).startsWith("1  ");
  }

  @Test
  void aSequenceIsAnsweredStepByStepWhateverSparkLetsThrough() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), "abcd ".repeat(400));
    train(
        """
        name: text
        data:      {format: text, path: text.txt, window: 10}
        model:     {type: char-rnn, hidden: 24, embedding: 8}
        loss:      temporal-softmax
        optimizer: {type: adam, learning-rate: 0.02}
        train:     {epochs: 20, batch-size: 20}
        """);
    System.setProperty("spark.driver.maxResultSize", "1m");
    try {
      List<String> lines = predict("--data", text, "--set", "data.stride=1", "--workers", 3);
      assertThat(lines.get(0)).isEqualTo("Id,Step,Category");
      int samples = 2000 - 10;
      assertThat(lines).hasSize(1 + 10 * samples);
      int right = 0;
      for (int i = 0; i < samples; i++) {
        for (int step = 0; step < 10; step++) {
          char next = "abcd ".charAt((i + step + 1) % 5);
          String line = lines.get(1 + 10 * i + step);
          assertThat(line).startsWith((i + 1) + "," + (step + 1) + ",");
          right += line.endsWith("," + next) ? 1 : 0;
        }
      }
      assertThat(right).isGreaterThan(10 * samples * 99 / 100);
      List<String> all =
          predict("--data", text, "--set", "data.stride=1", "--probabilities", "--workers", 3);
      assertThat(String.join("\n", all).length()).isGreaterThan(1 << 20);
      assertThat(all).hasSize(1 + 10 * samples);
      assertThat(all.get(all.size() - 1)).startsWith(samples + ",10,");
    } finally {
      System.clearProperty("spark.driver.maxResultSize");
    }
    Typed printed = apply("predict", "--data", text, "--top", 2);
    assertThat(printed.err()).isEmpty();
    assertThat(printed.out().lines().limit(4).toList())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("1  step 1"),
            line -> assertThat(line).matches(" {2}[01]\\.\\d{4} {2}b"),
            line -> assertThat(line).matches(" {2}0\\.\\d{4} {2}[acd ]"),
            line -> assertThat(line).isEqualTo("1  step 2"));
  }

  @Test
  void imagesAreAnsweredUnderTheirNamesAndCountedAsPeopleDo() throws IOException {
    for (int i = 0; i < 12; i++) {
      paint("set/train/dark/" + i + ".png", 20 + i);
      paint("set/train/light/" + i + ".png", 220 + i);
      paint("new/" + i + ".png", i % 2 == 0 ? 25 : 225);
    }
    Files.write(folder.resolve("set/train/dark/notes.txt"), new byte[3]);
    train(
        """
        name: greys
        data:      {format: images, path: set, resize: 0, crop: 8}
        model:     {layers: [{type: flatten}, {type: dense, units: 2}]}
        optimizer: {type: adam, learning-rate: 0.01}
        train:     {epochs: 5, batch-size: 8}
        """);
    assertThat(json("run/report.json").path("data").path("notes").path(0).asText())
        .contains("notes.txt was passed over");
    assertThat(Files.readString(folder.resolve("run/report.html")))
        .contains("notes.txt was passed");
    List<String> lines = predict("--data", folder.resolve("new"));
    assertThat(lines)
        .hasSize(13)
        .startsWith("Id,Category", "0.png,dark", "1.png,light", "2.png,dark");
    assertThat(lines.get(12)).isEqualTo("11.png,light");
  }

  private void paint(String name, int grey) throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64; i++) {
      image.setRGB(i % 8, i / 8, new Color(grey, grey, grey).getRGB());
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }

  @Test
  void modelsAreFoundWhereTheyAreAndNumbersMustBeFinite() throws IOException {
    Path data = points("points.csv", "a", "b");
    train(points("softmax-cross-entropy", 2));
    Path out = folder.resolve("score");
    Typed evaluated = apply("evaluate", "--data", data, "--out", out);
    assertThat(evaluated.err()).isEmpty();
    assertThat(json("score/report.json").path("test").path("accuracy").asDouble())
        .isGreaterThan(0.95);
    assertThat(json("score/report.json").path("data").path("test_count").asInt()).isEqualTo(200);
    assertThat(Files.readString(out.resolve("report.html"))).contains("evaluation of run");
    assertThat(kiln("report", out).out()).contains("evaluation of run");
    assertThat(apply("evaluate", "--format", "libsvm", "--data", data).code()).isNotZero();

    // A sweep's folder stands for its best run.
    Path sweep = folder.resolve("sweep");
    Files.createDirectories(sweep);
    Files.writeString(sweep.resolve("sweep.json"), "{}");
    Typed unfinished = kiln("evaluate", "--model", sweep, "--data", data);
    assertThat(unfinished.code()).isEqualTo(3);
    assertThat(unfinished.err()).contains("sweep is a sweep that has no best/ yet; finish it");
    Files.move(folder.resolve("run"), sweep.resolve("best"));
    assertThat(kiln("evaluate", "--model", sweep, "--data", data).out()).contains("accuracy  ");

    // Another file of weights beside a model.yaml is that file.
    Path model = sweep.resolve("best/model");
    NamedTensors values =
        Safetensors.read(new LocalStorage(), model.resolve("model.safetensors").toString());
    Map<String, Tensor> spoilt = new LinkedHashMap<>(values.tensors());
    spoilt.values().iterator().next().set(1, Double.NaN);
    Path other = model.resolve("other.safetensors");
    Safetensors.write(new LocalStorage(), other.toString(), new NamedTensors(spoilt, Map.of()));
    for (String command : List.of("evaluate", "predict")) {
      Typed said =
          command.equals("predict")
              ? kiln(command, "--model", other, "--data", data, "--top", 1)
              : kiln(command, "--model", other, "--data", data);
      assertThat(said.code()).isEqualTo(3);
      assertThat(said.err())
          .matches("kiln: .*other.safetensors at byte \\d+: '0.weight' holds NaN but only .*");
    }

    // Finite weights may still answer what is no number.
    spoilt.values().iterator().next().fill(3e38);
    Files.delete(other);
    Safetensors.write(new LocalStorage(), other.toString(), new NamedTensors(spoilt, Map.of()));
    Typed huge =
        kiln("predict", "--model", other, "--data", data, "--out", folder.resolve("x.csv"));
    assertThat(huge.code()).isEqualTo(3);
    assertThat(huge.err()).contains("the network answers NaN to sample ");
    assertThat(folder.resolve("x.csv")).doesNotExist();
    assertThat(folder.toFile().list()).noneMatch(name -> name.endsWith(".tmp"));
    assertThat(kiln("evaluate", "--model", other, "--data", data).code()).isEqualTo(3);
  }

  @Test
  void anOutputThatExistsIsRefusedBeforeAnythingIsComputed() throws IOException {
    Path data = points("points.csv", "a", "b");
    train(points("softmax-cross-entropy", 2));
    Path there = Files.writeString(folder.resolve("there.csv"), "mine");
    Typed said = apply("predict", "--data", data, "--out", there);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains("there.csv: it exists and is not overwritten");
    assertThat(there).hasContent("mine");
    for (String command : new String[] {"predict", "evaluate"}) {
      Typed lost = apply(command, "--data", data, "--out", "hdfs:/answers.csv");
      assertThat(lost.code()).isEqualTo(2);
      assertThat(lost.err()).contains("--out: hdfs:/answers.csv names no host");
    }
  }
}
