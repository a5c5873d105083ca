package io.kiln.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Losses and labels that fit or do not, from the configuration to report and predictions. */
@Tag("spark")
class LabelsTest {
  @TempDir Path folder;

  /** Prices far from zero that a line explains but for some noise. */
  private Path prices(int rows) throws IOException {
    Random random = new Random(3);
    List<String> lines = new ArrayList<>(List.of("rooms,age,price"));
    for (int i = 0; i < rows; i++) {
      double rooms = 3 + random.nextGaussian();
      double age = 30 + 10 * random.nextGaussian();
      double price = 50_000 + 60_000 * rooms - 900 * age + 8_000 * random.nextGaussian();
      lines.add(String.format(Locale.ROOT, "%.4f,%.4f,%.2f", rooms, age, price));
    }
    return Files.write(folder.resolve("prices.csv"), lines);
  }

  private Path classes(String... names) throws IOException {
    Random random = new Random(4);
    List<String> lines = new ArrayList<>(List.of("a,b,y"));
    for (int i = 0; i < 240; i++) {
      int c = random.nextInt(4) == 0 ? names.length - 1 : random.nextInt(names.length);
      lines.add(
          String.format(
              Locale.ROOT,
              "%.4f,%.4f,%s",
              2 * c + random.nextGaussian() / 2,
              -c + random.nextGaussian() / 2,
              names[c]));
    }
    return Files.write(folder.resolve("classes-" + names.length + ".csv"), lines);
  }

  private Path config(Path data, String label, String more) throws IOException {
    return Files.writeString(
        folder.resolve("conf.yaml"),
        """
        name: labels
        data:      {format: csv, path: %s, label: %s, validation: 0.2, test: 0.25}
        model:     {type: mlp, hidden: [8]}
        optimizer: {type: adam, learning-rate: 0.02}
        train:     {epochs: 6, batch-size: 16, checkpoint-every: none}
        %s
        """
            .formatted(data, label, more));
  }

  private Typed train(Path config, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of("train", config, "--out", folder.resolve("run"), "--master", "local[1]"));
    words.addAll(List.of(more));
    return Typed.kiln(words.toArray());
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("run/report.json").toFile());
  }

  private List<String> predictions(Path data) throws IOException {
    Path out = folder.resolve("answers.csv");
    Files.deleteIfExists(out);
    Typed said =
        Typed.kiln(
            "predict",
            "--model",
            folder.resolve("run"),
            "--format",
            "csv",
            "--data",
            data,
            "--out",
            out,
            "--master",
            "local[1]");
    assertThat(said.code()).as(said.err()).isZero();
    List<String> lines = Files.readAllLines(out);
    return lines.subList(1, lines.size()).stream().map(line -> line.split(",")[1]).toList();
  }

  @Test
  void aRegressionLearnsScaledNumbersAndReportsTheirOwnUnits() throws IOException {
    Path data = prices(400);
    Typed said = train(config(data, "price", "loss: mse"));
    assertThat(said.code()).as(said.err()).isZero();
    JsonNode test = report().path("test");
    JsonNode always = report().path("baseline").path("test");
    double rmse = test.path("rmse").asDouble();
    assertThat(always.path("rmse").asDouble()).isBetween(50_000.0, 80_000.0);
    assertThat(rmse).isBetween(5_000.0, 30_000.0);
    assertThat(test.path("mae").asDouble()).isBetween(0.5 * rmse, rmse);
    assertThat(test.path("r2").asDouble()).isBetween(0.75, 1.0);
    assertThat(test.path("loss").asDouble()).isCloseTo(rmse * rmse, within(1e-6 * rmse * rmse));
    assertThat(said.out()).contains("test rmse", "(always the mean ");

    List<String> answers = predictions(data);
    double squares = 0;
    List<String> rows = Files.readAllLines(data);
    for (int i = 0; i < answers.size(); i++) {
      double price = Double.parseDouble(rows.get(i + 1).split(",")[2]);
      squares += Math.pow(Double.parseDouble(answers.get(i)) - price, 2);
    }
    assertThat(Math.sqrt(squares / answers.size())).isBetween(0.7 * rmse, 1.3 * rmse);

    Typed judged =
        Typed.kiln(
            "evaluate",
            "--model",
            folder.resolve("run"),
            "--format",
            "csv",
            "--data",
            data,
            "--out",
            folder.resolve("score"),
            "--master",
            "local[1]");
    assertThat(judged.code()).as(judged.err()).isZero();
    JsonNode score = new ObjectMapper().readTree(folder.resolve("score/evaluation.json").toFile());
    assertThat(score.path("rmse").asDouble())
        .isCloseTo(Math.sqrt(squares / answers.size()), within(1e-3 * rmse));
  }

  @Test
  void oneOutputAnswersYesAboveZero() throws IOException {
    for (String loss : List.of("bce", "binary-hinge")) {
      folder.resolve("run").toFile().renameTo(folder.resolve("before").toFile());
      Path data = classes("0", "1");
      Typed said = train(config(data, "y", "loss: " + loss), "--set", "model.outputs=1");
      assertThat(said.code()).as(said.err()).isZero();
      JsonNode test = report().path("test");
      JsonNode confusion = test.path("confusion");
      assertThat(test.path("rmse").isNull() || test.path("rmse").isMissingNode()).isTrue();
      double right = confusion.path(0).path(0).asDouble() + confusion.path(1).path(1).asDouble();
      double all = report().path("data").path("test_count").asDouble();
      assertThat(test.path("accuracy").asDouble()).isEqualTo(right / all).isGreaterThan(0.9);
      for (JsonNode epoch : report().path("history")) {
        assertThat(epoch.path("train_accuracy").asDouble()).isBetween(0.0, 1.0);
        assertThat(epoch.path("validation_accuracy").asDouble()).isBetween(0.0, 1.0);
      }
      List<String> answers = predictions(data);
      List<String> rows = Files.readAllLines(data);
      int agree = 0;
      for (int i = 0; i < answers.size(); i++) {
        agree += rows.get(i + 1).endsWith("," + answers.get(i)) ? 1 : 0;
      }
      assertThat(agree).isGreaterThan((int) (0.9 * answers.size()));
    }
  }

  @Test
  void whatDoesNotFitTheLabelIsSaidInOneLineBeforeTraining() throws IOException {
    Path numbers = config(prices(100), "price", "");
    refused(numbers, "use loss: mse");
    refused(numbers, "use loss: mse", "--set", "loss=bce");
    refused(numbers, "gives 5 for 1", "--set", "loss=mse", "--set", "model.outputs=5");
    refused(
        numbers,
        "binary-cross-entropy needs labels from 0 to 1",
        "--set",
        "loss=bce",
        "--set",
        "data.normalize-target=false");
    Path three = config(classes("0", "1", "2"), "y", "");
    refused(three, "one of 3 classes", "--set", "loss=bce", "--set", "model.outputs=1");
    refused(three, "set data.task: regression", "--set", "loss=mse", "--set", "model.outputs=1");
    Path two = config(classes("no", "yes"), "y", "");
    refused(two, "5 outputs but the label has 2 classes", "--set", "model.outputs=5");
    refused(two, "use loss: bce", "--set", "model.outputs=1");
    refused(two, "binary-hinge needs one output", "--set", "loss=binary-hinge");
    refused(
        two,
        "the network ends with sigmoid",
        "--set",
        "loss=bce",
        "--set",
        "model={layers: [{type: dense, units: 1}, {type: sigmoid}]}");
    refused(
        two,
        "3 class weights",
        "--set",
        "loss={type: softmax-cross-entropy, class-weights: [1, 2, 3]}");
    refused(
        two,
        "set data.validation",
        "--set",
        "data.validation=0",
        "--set",
        "train.early-stopping={patience: 2}");
    refused(
        two,
        "set data.validation",
        "--set",
        "data.validation=0",
        "--set",
        "optimizer.schedule={type: plateau}");
    refused(config(classes("7"), "y", ""), "two classes or more are needed");
    Path sweep =
        config(
            prices(100),
            "price",
            "loss: mse\nsweep: {space: {optimizer.learning-rate: [0.1, 0.01]}}");
    Typed said = Typed.kiln("sweep", sweep, "--out", folder.resolve("s"), "--master", "local[1]");
    assertThat(said.code()).as(said.err()).isEqualTo(2);
    assertThat(said.err()).contains("set sweep.metric: validation.loss");
    assertThat(said.err().lines()).hasSize(1);
  }

  private void refused(Path config, String why, Object... more) {
    Typed said = train(config, more);
    assertThat(said.code()).as(said.err()).isEqualTo(2);
    assertThat(said.err()).startsWith("kiln: ").contains(why);
    assertThat(said.err().lines()).hasSize(1);
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
