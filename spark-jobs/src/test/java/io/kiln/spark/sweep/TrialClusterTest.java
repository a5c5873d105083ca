package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.SparkRuntime;
import io.kiln.spark.train.TrainRun;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trials on an executor process, whose failed tasks Spark may run again. */
@Tag("spark")
@Timeout(300)
class TrialClusterTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();

  @TempDir Path folder;

  /** Counts how tasks ended. */
  private static final class Endings extends SparkListener {
    private final AtomicInteger ended = new AtomicInteger();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      ended.incrementAndGet();
    }
  }

  @Test
  void aTrialThatDivergesIsTrainedOnceAndTheOthersGoOn() throws Exception {
    RunConfig config =
        RunConfig.of(
            Map.of(
                "data",
                Map.of("format", "synthetic", "train", 300, "validation", 50, "test", 0),
                "model",
                Map.of("type", "mlp", "hidden", List.of(8)),
                "optimizer",
                Map.of("type", "sgd", "learning-rate", 0.1),
                "train",
                Map.of("epochs", 2, "batch-size", 50)));
    List<Map<String, Object>> space = new ArrayList<>();
    List<Trial> trials = new ArrayList<>();
    for (double rate : new double[] {1e30, 0.1, 0.01}) {
      space.add(Map.of("optimizer.learning-rate", rate));
      trials.add(TrialBook.pending("trial-" + trials.size(), space.get(space.size() - 1)));
    }
    SweepFolder sweep =
        SweepFolder.create(
            STORAGE, folder.resolve("s").toString(), "s", Map.of(), "validation.accuracy");
    TrialBook book = new TrialBook(sweep, trials, System.nanoTime());
    Endings endings = new Endings();
    WholeData data = WholeData.of(config.data(), ".", STORAGE);
    try (JavaSparkContext spark = TestSpark.start("local-cluster[1,1,1024]")) {
      spark.sc().addSparkListener(endings);
      var preparing = new TrainRun.Preparing(".", new SparkRuntime("unused", "local[1]"), STORAGE);
      PrintStream quiet =
          new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
      double used =
          new TrialRunner(
                  spark,
                  config,
                  STORAGE,
                  ".",
                  new TrialData(preparing, config, data),
                  sweep,
                  book,
                  space,
                  quiet)
              .run(new double[] {1, 1, 1}, 0);
      assertThat(used).isPositive().isLessThanOrEqualTo(1);
      // Spark tells of a task's end after its result is there.
      while (endings.ended.get() < 3) {
        Thread.sleep(10);
      }
    }
    assertThat(book.trial(0).status()).isEqualTo(TrialStatus.FAILED);
    assertThat(book.trial(0).error()).contains("the loss is");
    assertThat(book.trial(1).status()).isEqualTo(TrialStatus.SUCCEEDED);
    assertThat(book.trial(1).executor()).startsWith("0@");
    assertThat(book.trial(2).epochs()).isEqualTo(2);
    assertThat(endings.ended).hasValue(3);
  }
}
