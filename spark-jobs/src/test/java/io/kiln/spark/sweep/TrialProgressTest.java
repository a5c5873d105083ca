package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.SparkDefaults;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.Progress;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.store.HadoopStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TrialProgressTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();

  @TempDir Path folder;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long nanos;

  private TrialBook book(int trials) throws IOException {
    List<Trial> all = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      all.add(TrialBook.pending("trial-00" + (i + 1), Map.of()));
    }
    return new TrialBook(
        SweepFolder.create(STORAGE, folder.toString(), "s", Map.of(), "validation.accuracy"),
        all,
        System.nanoTime());
  }

  private String last() {
    String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\r", -1);
    return lines[lines.length - 1].strip();
  }

  @Test
  void theLineNamesWhatRunsAndHowFarItIs() throws IOException {
    TrialBook book = book(6);
    double[] costs = {10, 60, 10, 10, 5, 5};
    TrialProgress progress =
        new TrialProgress(book, costs, new Progress(out, true, () -> nanos), () -> nanos);
    nanos += 1_000_000_000L;
    progress.begins(1, 71);
    assertThat(last()).isEqualTo("0 of 6 trials done; running trial-002 0 %");
    nanos += 1_000_000_000L;
    progress.begins(0, 70);
    assertThat(last()).isEqualTo("0 of 6 trials done; running trial-001 0 %, trial-002 0 %");
    nanos += 8_000_000_000L;
    progress.counted(70, 1000);
    book.failed(0, "diverged");
    progress.ended(0);
    nanos += 10_000_000_000L;
    progress.counted(71, 250);
    // A quarter of the work is done in twenty seconds.
    assertThat(last()).isEqualTo("1 of 6 trials done; running trial-002 25 %; ~1 min 0 s left");
    for (int i = 2; i < 6; i++) {
      progress.begins(i, 70 + i);
    }
    nanos += 1_000_000_000L;
    progress.counted(72, 500);
    assertThat(last())
        .startsWith(
            "1 of 6 trials done; running trial-002 25 %, trial-003 50 %, trial-004 0 %,"
                + " trial-005 0 % and 1 more; ");
    progress.counted(99, 500); // of another sweep
  }

  /** What was printed; a task in this JVM sees the same. */
  private static final AtomicReference<ByteArrayOutputStream> SAID =
      new AtomicReference<>(new ByteArrayOutputStream());

  @Test
  @Tag("spark")
  @Timeout(1200)
  void whatARunningTrialCountsComesWithHeartbeats() throws IOException {
    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster("local[2]").setAppName("trial"))
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.executor.heartbeatInterval", "1500ms");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      TrialProgress progress =
          new TrialProgress(book(1), new double[] {1}, new Progress(out, true), System::nanoTime);
      spark.sc().addSparkListener(progress);
      SAID.set(bytes);
      LongAccumulator counter = progress.begins(0, spark.sc());
      spark
          .parallelize(List.of(0), 1)
          .foreach(
              number -> {
                counter.add(420);
                while (!Objects.requireNonNull(SAID.get())
                    .toString(StandardCharsets.UTF_8)
                    .contains("42 %")) {
                  Thread.sleep(20); // It runs until a heartbeat has told.
                }
              });
      assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("running trial-001 42 %");

      LongAccumulator whole = progress.begins(0, spark.sc());
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("data", Map.of("format", "synthetic", "train", 70, "validation", 10, "test", 10));
      values.put("model", Map.of("type", "mlp", "hidden", List.of(8)));
      values.put("train", Map.of("epochs", 3, "batch-size", 10));
      LinkedHashMap<String, Object> config = new LinkedHashMap<>(RunConfig.of(values).resolved());
      TrialTask task = new TrialTask(config, STORAGE, ".", 1, whole, "");
      spark.parallelize(List.of(0), 1).map(number -> task.run()).collect();
      assertThat(whole.sum()).isEqualTo(TrialProgress.WHOLE);
    }
  }
}
