package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.fit.FitEvents;
import io.kiln.spark.fit.FitRunner;
import io.kiln.spark.fit.FitSpec;
import io.kiln.spark.fit.Keep;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.SparkRuntime;
import io.kiln.spark.train.TrainRun;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Trials of other seeds and batch sizes train on data that are dealt to shards. */
@Tag("spark")
class TrialDataTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();

  private static RunConfig config(String placement) {
    return RunConfig.of(
        Map.of(
            "data",
            Map.of(
                "format",
                "synthetic",
                "train",
                300,
                "validation",
                50,
                "test",
                0,
                "placement",
                placement),
            "model",
            Map.of("type", "mlp", "hidden", List.of(8)),
            "train",
            Map.of("epochs", 1, "batch-size", 64)));
  }

  private static String trained(JavaSparkContext spark, String placement, RunConfig trial)
      throws Exception {
    RunConfig shared = config(placement);
    var preparing = new TrainRun.Preparing(".", new SparkRuntime("unused", "local[1]"), STORAGE);
    FitData data = new TrialData(preparing, shared, preparing.data(shared)).of(trial);
    FitSpec spec = FitSpec.of(trial, data, ".").keeping(new Keep.Nothing());
    return new FitRunner(spark, STORAGE).run(spec, new FitEvents() {}).sha256();
  }

  @Test
  void sharesAreDealtAnewForEachSeedAndBatchSize() throws Exception {
    try (JavaSparkContext spark = TestSpark.start("local[1]")) {
      for (Map<String, Object> tried :
          List.<Map<String, Object>>of(Map.of("train.seed", 2), Map.of("train.batch-size", 128))) {
        assertThat(trained(spark, "shard", config("shard").with(tried)))
            .isEqualTo(trained(spark, "replicate", config("replicate").with(tried)))
            .hasSize(64);
      }
    }
  }
}
