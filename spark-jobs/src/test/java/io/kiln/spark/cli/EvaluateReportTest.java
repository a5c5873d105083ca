package io.kiln.spark.cli;

import static io.kiln.spark.cli.Typed.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiln evaluate --out} shows of answers what the test at the end of training shows. */
@Tag("spark")
class EvaluateReportTest {
  @TempDir Path folder;

  /** Two clouds that touch, and a number that is about their distance. */
  private void points(String name, int seed, int count) throws IOException {
    Random random = new Random(seed);
    StringBuilder rows = new StringBuilder("x,y,kind,far\n");
    for (int i = 0; i < count; i++) {
      double x = (i % 2 == 0 ? 1 : -1) + random.nextGaussian();
      double y = random.nextGaussian();
      double far = 50_000 * Math.hypot(x, y) + 1000 * random.nextGaussian();
      String kind = i % 2 == 0 ? "right" : "left";
      rows.append(String.format(Locale.ROOT, "%.3f,%.3f,%s,%.1f%n", x, y, kind, far));
    }
    Files.writeString(folder.resolve(name), rows);
  }

  private JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(folder.resolve(file)));
  }

  private String trained(String name, String data, String loss, int outputs) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve(name + ".yaml"),
            """
            name: points
            data:      {format: csv, path: train.csv, test: %s, %s}
            model:     {layers: [{type: dense, units: 8}, {type: relu}, {type: dense, units: %d}]}
            loss:      %s
            optimizer: {type: adam, learning-rate: 0.03}
            train:     {epochs: 3, batch-size: 20}
            """
                .formatted(folder.resolve("test.csv"), data, outputs, loss));
    Typed said =
        kiln(
            "train",
            config,
            "--master",
            "local[2]",
            "--data",
            folder,
            "--out",
            folder.resolve(name));
    assertThat(said.err()).isEmpty();
    return name;
  }

  private JsonNode evaluated(String run, String out, int workers) {
    Typed said =
        kiln(
            "evaluate",
            "--master",
            "local[2]",
            "--model",
            folder.resolve(run),
            "--data",
            folder.resolve("test.csv"),
            "--workers",
            workers,
            "--out",
            folder.resolve(out));
    assertThat(said.err()).isEmpty();
    try {
      return json(out.endsWith(".json") ? out : out + "/report.json");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theAnswersAreThoseThatTrainingShowed() throws IOException {
    points("train.csv", 1, 400);
    points("test.csv", 2, 300);
    for (String kind : List.of("classes", "numbers")) {
      String run =
          kind.equals("classes")
              ? trained(kind, "label: kind, drop: [far]", "softmax-cross-entropy", 2)
              : trained(kind, "label: far, drop: [kind]", "mse", 1);
      JsonNode before = json(run + "/report.json");
      for (int workers : new int[] {1, 2}) {
        String out = kind + "-judged-" + workers;
        JsonNode after = evaluated(run, out, workers);
        assertThat(after.path("answers")).isEqualTo(before.path("answers"));
        assertThat(after.path("answers").path("worst").size()).isEqualTo(24);
        assertThat(fields(after.path("test"))).isEqualTo(fields(before.path("test")));
        assertThat(after.path("test").path("confusion"))
            .isEqualTo(before.path("test").path("confusion"));
        JsonNode alone = json(out + "/evaluation.json");
        assertThat(alone.path("answers")).isEqualTo(after.path("answers"));
        assertThat(alone.path("loss")).isEqualTo(after.path("test").path("loss"));
        assertThat(Files.readString(folder.resolve(out + "/report.html")))
            .contains("The worst answers (test set)")
            .contains(kind.equals("classes") ? "Calibration: off by" : "Residuals");
      }
    }
    JsonNode file = evaluated("classes", "judged.json", 1);
    assertThat(fields(file)).contains("loss", "accuracy", "confusion", "answers");
  }

  /** Of a table in shards the samples stand in another order; here their numbers are rows. */
  @Test
  void theAnswersToATableAreThoseThatTrainingShowed() throws IOException {
    points("train.csv", 1, 400);
    points("test.csv", 2, 300);
    String run = trained("table", "label: kind, features: [x, y], placement: shard", "bce", 1);
    JsonNode before = json(run + "/report.json").path("answers");
    JsonNode after = evaluated(run, "table-judged", 2).path("answers");
    assertThat(after.path("scores")).isEqualTo(before.path("scores"));
    assertThat(after.path("calibration")).isEqualTo(before.path("calibration"));
    List<String> rows = Files.readAllLines(folder.resolve("test.csv"));
    assertThat(after.path("worst")).hasSize(24);
    for (JsonNode worst : after.path("worst")) {
      assertThat(rows.get(worst.path("sample").asInt() + 1))
          .contains("," + worst.path("truth").asText() + ",");
    }
    List<Double> badness = new ArrayList<>();
    after.path("worst").forEach(one -> badness.add(one.path("badness").asDouble()));
    List<Double> was = new ArrayList<>();
    before.path("worst").forEach(one -> was.add(one.path("badness").asDouble()));
    assertThat(badness).isEqualTo(was);
    assertThat(after.path("columns")).isEqualTo(before.path("columns"));
  }

  private static Set<String> fields(JsonNode node) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
