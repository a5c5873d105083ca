package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.report.RunReport.Epoch;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Progress under a clock that the test moves. */
class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long nanos;

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void train(Progress progress, int epochs, int steps, double secondsPerStep) {
    progress.begin(epochs, 0, steps, steps * 64L);
    for (int epoch = 1; epoch <= epochs; epoch++) {
      for (int step = 1; step <= steps; step++) {
        nanos += (long) (secondsPerStep * 1e9);
        progress.step((epoch - 1L) * steps + step, 0.5);
      }
      double seconds = steps * secondsPerStep;
      progress.epoch(
          new Epoch(
              epoch, (long) epoch * steps, 0.4, 0.9, 0.5, 0.8, 0.1, seconds, 64 / secondsPerStep));
    }
    progress.end();
  }

  @Test
  void aLogGetsOneLineAnEpoch() {
    train(new Progress(out, false, () -> nanos), 3, 100, 0.01);

    assertThat(text().lines())
        .hasSize(3)
        .first()
        .isEqualTo(
            "epoch 1/3  loss 0.4  accuracy 90.00 %  validation loss 0.5  validation accuracy"
                + " 80.00 %  6,400 samples/s  ~2 s left");
  }

  @Test
  void aLongEpochGetsALineEveryTenSeconds() {
    train(new Progress(out, false, () -> nanos), 1, 300, 0.1);

    assertThat(text().lines()).hasSize(3);
    assertThat(text().lines().findFirst().orElseThrow())
        .contains("step 100/300")
        .contains("640 samples/s")
        .contains("~20 s left");
    assertThat(text()).doesNotContain("\r");
  }

  @Test
  void aTerminalGetsOneLineThatChanges() {
    train(new Progress(out, true, () -> nanos), 2, 100, 0.05);

    List<String> shown = List.of(text().split("\r"));
    assertThat(shown.size()).isGreaterThan(50);
    assertThat(text().chars().filter(c -> c == '\n').count()).isEqualTo(2);
    assertThat(shown).anyMatch(line -> line.contains("█") && line.contains("step 50/100"));
  }

  @Test
  void theEstimateFollowsTheSpeed() {
    Progress progress = new Progress(out, false, () -> nanos);
    progress.begin(1, 0, 10_000, 10_000);
    for (int step = 1; step <= 1000; step++) {
      nanos += 10_000_000L; // 100 steps a second
      progress.step(step, 1);
    }
    for (int step = 1001; step <= 1400; step++) {
      nanos += 100_000_000L; // 10 steps a second
      progress.step(step, 1);
    }

    String last = text().lines().reduce((a, b) -> b).orElseThrow();
    double speed = Double.parseDouble(last.replaceAll(".*  ([0-9.]+) samples/s.*", "$1"));
    assertThat(speed).isBetween(10.0, 20.0);
  }

  /** A JVM's first epoch is slow; with 9 to come of 0.1 s after one of 2 s it said ten seconds. */
  @Test
  void aSlowFirstEpochIsForgottenWithTheSecond() {
    Progress progress = new Progress(out, false, () -> nanos);
    progress.begin(11, 0, 10, 640);
    for (int epoch = 1; epoch <= 2; epoch++) {
      double seconds = epoch == 1 ? 2 : 0.1;
      progress.step((epoch - 1L) * 10 + 1, 0.5);
      nanos += (long) (seconds * 1e9);
      progress.epoch(
          new Epoch(epoch, 10L * epoch, 0.4, 0.9, 0.5, 0.8, 0.1, seconds, 640 / seconds));
    }
    assertThat(text().lines().toList().get(0)).endsWith("~20 s left");
    assertThat(text().lines().toList().get(1)).endsWith("~1 s left");
  }

  @Test
  void theStartOfTheWorkersIsNotInTheEstimate() {
    Progress progress = new Progress(out, false, () -> nanos);
    progress.begin(1, 0, 1000, 1000);
    nanos += 60_000_000_000L; // executors start and read the data
    for (int step = 2; step <= 600; step++) {
      progress.step(step, 1);
      nanos += 20_000_000L; // 50 steps a second
    }
    List<String> lines = text().lines().toList();
    assertThat(lines.get(0)).contains("step 2/1000").contains("? left");
    assertThat(lines.get(1)).contains("50 samples/s").contains("~10 s left");
  }

  @Test
  void anotherAttemptIsMeasuredFromItsOwnStart() {
    Progress progress = new Progress(out, false, () -> nanos);
    progress.begin(1, 0, 100_000, 100_000);
    for (int step = 1; step <= 2000; step++) {
      nanos += 10_000_000L; // 100 steps a second
      progress.step(step, 1);
    }
    nanos += 100_000_000_000L; // an executor is lost; the attempt goes on from a checkpoint
    for (int step = 1500; step <= 3000; step++) {
      nanos += 10_000_000L;
      progress.step(step, 1);
    }
    String last = text().lines().reduce((a, b) -> b).orElseThrow();
    assertThat(last).contains("  100 samples/s");
  }

  @Test
  void aProgramGetsJsonLines() throws Exception {
    train(new Progress(out, false, () -> nanos, Progress.Form.JSON), 2, 100, 0.05);

    List<String> lines = text().lines().toList();
    com.fasterxml.jackson.databind.ObjectMapper json =
        new com.fasterxml.jackson.databind.ObjectMapper();
    for (String line : lines) {
      assertThat(json.readTree(line).path("event").asText()).isNotEmpty();
    }
    assertThat(json.readTree(lines.get(0)).path("steps_per_epoch").asInt()).isEqualTo(100);
    assertThat(lines).anyMatch(line -> line.contains("\"step\"") && line.contains("0.5"));
    var last = json.readTree(lines.get(lines.size() - 1));
    assertThat(last.path("event").asText()).isEqualTo("epoch");
    assertThat(last.path("validation_accuracy").asDouble()).isEqualTo(0.8);
    assertThat(last.path("best_epoch").asInt()).isEqualTo(1);
    assertThat(last.path("seconds_left").asDouble()).isZero();
  }

  @Test
  void quietMeansNothing() {
    train(new Progress(out, false, () -> nanos, Progress.Form.QUIET), 2, 100, 0.05);
    assertThat(text()).isEmpty();
  }

  @Test
  void theBestSoFarIsNamedWhenTheEpochIsWorse() {
    Progress progress = new Progress(out, false, () -> nanos);
    progress.begin(3, 0, 10, 640);
    for (int epoch = 1; epoch <= 2; epoch++) {
      nanos += 1_000_000_000L;
      progress.epoch(
          new Epoch(epoch, 10L * epoch, 0.4, 0.9, 0.5, epoch == 1 ? 0.8 : 0.7, 0.1, 1, 640));
    }
    assertThat(text().lines().toList().get(0)).doesNotContain("best");
    assertThat(text().lines().toList().get(1)).contains("best 80.00 % (epoch 1)");
  }

  /** While code is new the first steps are slow; what is left goes by the later ones. */
  @Test
  void theEstimateAfterTheFirstEpochGoesByItsLastSteps() {
    Progress progress = new Progress(out, false, () -> nanos);
    progress.begin(11, 0, 100, 6400);
    for (int step = 1; step <= 100; step++) {
      nanos += step <= 20 ? 100_000_000L : 10_000_000L; // 2 s, then 0.8 s
      progress.step(step, 0.5);
    }
    progress.epoch(new Epoch(1, 100, 0.4, 0.9, 0.5, 0.8, 0.1, 2.8, 6400 / 2.8));
    String last = text().lines().reduce((a, b) -> b).orElseThrow();
    double left = Double.parseDouble(last.replaceAll(".*~([0-9]+) s left", "$1"));
    assertThat(left).isLessThanOrEqualTo(15); // by the whole epoch it would be 28
  }
}
