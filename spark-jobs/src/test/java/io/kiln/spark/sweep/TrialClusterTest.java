package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.Json;
import io.kiln.spark.store.HadoopStorage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Trials on an executor process, whose failed tasks Spark runs again. */
@Tag("spark")
class TrialClusterTest {
  /** Counts how tasks ended. */
  private static final class Endings extends SparkListener {
    private final AtomicInteger ended = new AtomicInteger();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      ended.incrementAndGet();
    }
  }

  @Test
  void aTrialThatDivergesIsTrainedOnce() throws Exception {
    RunConfig wild =
        RunConfig.of(
            Map.of(
                "data",
                Map.of("format", "synthetic", "train", 300, "validation", 50, "test", 0),
                "model",
                Map.of("type", "mlp", "hidden", List.of(8)),
                "optimizer",
                Map.of("type", "sgd", "learning-rate", 1e30),
                "train",
                Map.of("epochs", 1, "batch-size", 50)));
    Endings endings = new Endings();
    try (JavaSparkContext spark = TestSpark.start("local-cluster[1,1,1024]")) {
      spark.sc().addSparkListener(endings);
      LongAccumulator counter = spark.sc().longAccumulator("thousandths");
      TrialTask task =
          new TrialTask(
              new LinkedHashMap<>(wild.resolved()), new HadoopStorage(), ".", 1, counter, "");
      byte[] bytes = spark.parallelize(List.of(0), 1).map(number -> task.run()).collect().get(0);
      TrialTask.Report report = Json.read("trial", bytes, TrialTask.Report.class);
      assertThat(report.result()).isNull();
      assertThat(report.error()).contains("the loss is");
      assertThat(report.executor()).startsWith("0@");
    }
    assertThat(endings.ended).hasValue(1);
  }
}
