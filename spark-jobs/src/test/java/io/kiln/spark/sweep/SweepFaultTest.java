package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.Main;
import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps whose executors and drivers are killed. */
@Tag("spark")
@Tag("fault")
@Timeout(300)
class SweepFaultTest {
  @TempDir Path folder;

  private static final Map<String, Object> FOUR =
      Map.of("train.seed", List.of(1, 2, 3, 4), "optimizer.learning-rate", List.of(0.1));

  private static List<String> journal(Path sweep) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(sweep)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".jsonl")).sorted().toList()) {
        String text = Files.readString(file);
        int end = text.lastIndexOf('\n');
        lines.addAll(end < 0 ? List.of() : List.of(text.substring(0, end).split("\n", -1)));
      }
    }
    return lines;
  }

  private static long ended(Path sweep) throws IOException {
    return Files.isDirectory(sweep)
        ? journal(sweep).stream().filter(line -> line.contains("\"ended\"")).count()
        : 0;
  }

  @Test
  void trialsOfAKilledExecutorGoOnFromTheirCheckpoints() throws Exception {
    RunConfig config =
        Sweeps.config(
                30,
                Map.of(
                    "space",
                    FOUR,
                    "strategy",
                    "asha",
                    "trials",
                    4,
                    "reduction",
                    4,
                    "min-epochs",
                    15,
                    "pack",
                    1))
            .with(Map.of("data.train", 1000));
    Path quiet = folder.resolve("quiet");
    Path stormy = folder.resolve("stormy");
    try (JavaSparkContext spark = TestSpark.start("local-cluster[2,1,1024]")) {
      TrialBook calm = Sweeps.run(spark, config, quiet.toString()).book();
      Thread killer = new Thread(() -> killAfterACheckpoint(stormy));
      killer.start();
      TrialBook book = Sweeps.run(spark, config, stormy.toString()).book();
      killer.join();
      for (int i = 0; i < 4; i++) {
        assertThat(book.trial(i).status()).isEqualTo(calm.trial(i).status());
        assertThat(book.trial(i).curve()).isEqualTo(calm.trial(i).curve());
      }
      // Of four one goes on, when all have come to the rung.
      assertThat(ended(stormy)).isEqualTo(5);
    }
  }

  private static void killAfterACheckpoint(Path sweep) {
    try {
      while (true) {
        Path checkpoints = sweep.resolve("checkpoints");
        if (Files.isDirectory(checkpoints)) {
          try (Stream<Path> files = Files.walk(checkpoints)) {
            if (files.anyMatch(file -> file.toString().endsWith(".safetensors"))) {
              break;
            }
          } catch (java.io.UncheckedIOException e) {
            continue; // a file went while it was looked at
          }
        }
        Thread.sleep(5);
      }
      ProcessHandle.current()
          .descendants()
          .filter(
              process ->
                  process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
          .findFirst()
          .orElseThrow()
          .destroyForcibly();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same command in a process of its own. */
  private Process driver(Path config, Path out) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(ProcessHandle.current().info().command().orElse("java"));
    words.addAll(
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> !argument.startsWith("-javaagent"))
            .toList());
    words.add("-Dspark.ui.enabled=false");
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    words.addAll(
        List.of(
            "sweep",
            config.toString(),
            "--master",
            "local[2]",
            "--out",
            out.toString(),
            "--resume=auto"));
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said-" + System.nanoTime()).toFile())
        .start();
  }

  @Test
  void aKilledDriverRepeatsNothingThatEnded() throws Exception {
    Path config = folder.resolve("c.yaml");
    Files.writeString(
        config,
        """
        name: killed
        data:      {format: synthetic, train: 1000, validation: 200, test: 100}
        model:     {type: mlp, hidden: [32]}
        optimizer: {type: sgd, learning-rate: 0.05, momentum: 0.9, schedule: {type: cosine}}
        train:     {epochs: 9, batch-size: 50, seed: 1}
        sweep:
          strategy: asha
          trials: 8
          pack: 1
          metric: validation.loss
          space: {optimizer.learning-rate: {min: 1e-3, max: 1, scale: log}, model.hidden.0: {min: 8, max: 64}}
        """);
    Path out = folder.resolve("sweep");
    Process first = driver(config, out);
    while (ended(out) < 5 && first.isAlive()) {
      Thread.sleep(20);
    }
    first.destroyForcibly().waitFor();
    List<String> before = journal(out);
    assertThat(driver(config, out).waitFor()).isZero();
    List<String> after = journal(out);
    assertThat(after.subList(0, before.size())).isEqualTo(before);
    SweepReport report = SweepFolder.read(Sweeps.STORAGE, out.toString());
    assertThat(report.trials()).hasSize(8);
    assertThat(report.trials())
        .extracting(Trial::status)
        .doesNotContain(TrialStatus.RUNNING, TrialStatus.PENDING, TrialStatus.FAILED);
    // Each suggestion is there once, and ended once.
    assertThat(after.stream().filter(line -> line.contains("\"suggested\"")).distinct().count())
        .isEqualTo(after.stream().filter(line -> line.contains("\"suggested\"")).count())
        .isEqualTo(ended(out));
  }

  /** A line without its end, more trials, other settings. */
  @Test
  void aJournalGoesOnWithMoreTrialsAndRefusesOtherSettings() throws Exception {
    Path out = folder.resolve("more");
    Map<String, Object> space = Map.of("optimizer.learning-rate", Map.of("min", 0.01, "max", 0.2));
    try (JavaSparkContext spark = TestSpark.start("local[2]")) {
      RunConfig few = Sweeps.config(2, Map.of("strategy", "tpe", "trials", 3, "space", space));
      List<Trial> three = trials(Sweeps.run(spark, few, out.toString()).book(), 3);
      Files.writeString(
          out.resolve("journal-0001.jsonl"),
          "{\"kind\":\"suggested\",\"tri",
          StandardCharsets.UTF_8,
          StandardOpenOption.APPEND);
      RunConfig more = few.with(Map.of("sweep.trials", 5));
      List<Trial> five = trials(Sweeps.run(spark, more, out.toString()).book(), 5);
      assertThat(five.subList(0, 3)).usingRecursiveComparison().isEqualTo(three);
      assertThat(ended(out)).isEqualTo(5);
      for (Map<String, Object> other :
          List.<Map<String, Object>>of(
              Map.of("train.batch-size", 25),
              Map.of("sweep.seed", 2),
              Map.of("train.epochs", 3),
              Map.of("data.seed", 9))) {
        assertThatThrownBy(() -> Sweeps.run(spark, more.with(other), out.toString()))
            .isInstanceOf(ConfigException.class)
            .hasMessageContaining(other.keySet().iterator().next())
            .hasMessageContaining("resume with those it was begun with");
      }
    }
  }

  private static List<Trial> trials(TrialBook book, int count) {
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      trials.add(book.trial(i));
    }
    return trials;
  }
}
