package io.kiln.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiln.spark.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code --resume} goes on with, and what it refuses. */
@Tag("spark")
class ResumeTest {
  private static final String CONFIG =
      """
      name: tiny
      data:      {format: synthetic, train: 100, validation: 0, test: 10}
      model:     {type: mlp, hidden: [4]}
      train:     {epochs: 2, batch-size: 32}
      cluster:   {workers: 1, threads: 2, virtual-shards: 2}
      """;

  @TempDir Path folder;

  private record Said(int code, String err) {}

  private Said train(String run, boolean resume, String... assignments) throws IOException {
    Path config = folder.resolve("tiny.yaml");
    Files.writeString(config, CONFIG);
    List<String> words =
        new ArrayList<>(List.of("train", config.toString(), "--master", "local[2]"));
    words.addAll(List.of("--out", folder.resolve(run).toString()));
    for (String assignment : assignments) {
      words.addAll(List.of("--set", assignment));
    }
    if (resume) {
      words.add("--resume");
    }
    StringWriter err = new StringWriter();
    CommandLine line = Commands.line();
    line.setErr(new PrintWriter(err, true));
    int code = line.execute(words.toArray(new String[0]));
    return new Said(code, err.toString().strip());
  }

  private JsonNode report(String run) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(folder.resolve(run + "/report.json")));
  }

  private static String weights(JsonNode report) {
    return report.path("weights_sha256").asText();
  }

  @Test
  void aRunIsContinuedLongerWithTheSameBits() throws IOException {
    assertThat(train("whole", false, "train.epochs=4").code()).isZero();
    assertThat(train("cut", false).code()).isZero();

    // As many shards: one worker with two threads, or two workers with one.
    Said longer = train("cut", true, "train.epochs=4", "cluster.workers=2", "cluster.threads=1");

    assertThat(longer).isEqualTo(new Said(0, ""));
    JsonNode report = report("cut");
    assertThat(weights(report)).isEqualTo(weights(report("whole")));
    assertThat(report.path("history")).hasSize(4);
    assertThat(report.at("/config/train/epochs").asInt()).isEqualTo(4);
    assertThat(report.path("recovery").has("not_bit_equal")).isFalse();

    assertThat(train("cut", true, "train.epochs=3"))
        .satisfies(
            said -> {
              assertThat(said.code()).isEqualTo(2);
              assertThat(said.err())
                  .contains("train.epochs: 3 came but ")
                  .contains("has 4 epochs behind it; give at least as many");
            });
  }

  @Test
  void whatDecidesTheWeightsIsChangedOnlyWhenThatIsAsked() throws IOException {
    String cosine = "optimizer.schedule={type: cosine}";
    assertThat(train("cosine", false, cosine).code()).isZero();

    Said refused = train("cosine", true, cosine, "train.epochs=4", "cluster.virtual-shards=1");
    Said asked =
        train("cosine", true, cosine, "train.epochs=4", "train.resume=changed", "train.seed=5");

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("train.epochs: 2, now 4")
        .contains("cluster.virtual-shards: 2, now 1")
        .contains("set train.resume=changed to go on all the same, not bit-equal");
    assertThat(asked).isEqualTo(new Said(0, ""));
    JsonNode report = report("cosine");
    assertThat(report.path("history")).hasSize(4);
    assertThat(report.at("/config/train/seed").asInt()).isEqualTo(5);
    assertThat(report.at("/recovery/not_bit_equal"))
        .extracting(JsonNode::asText)
        .containsExactly("train.epochs: 2, now 4", "train.seed: 1, now 5");
    assertThat(Files.readString(folder.resolve("cosine/report.html")))
        .contains("It was resumed with changes, so it is not bit-equal");
  }
}
