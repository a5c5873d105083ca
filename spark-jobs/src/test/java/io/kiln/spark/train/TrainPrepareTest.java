package io.kiln.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.job.Failures;
import io.kiln.spark.store.HadoopStorage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Mistakes that are found before Spark starts. */
class TrainPrepareTest {
  private static RunConfig config(int batch, Object shards) {
    List<Map<String, Object>> layers =
        List.of(
            Map.of("type", "flatten"),
            Map.of("type", "dense", "units", 16),
            Map.of("type", "batch-norm"),
            Map.of("type", "relu"),
            Map.of("type", "dense", "units", 10));
    return RunConfig.of(
        Map.of(
            "data",
            Map.of("format", "synthetic", "train", 400, "validation", 50, "test", 50),
            "model",
            Map.of("layers", layers),
            "train",
            Map.of("epochs", 1, "batch-size", batch),
            "cluster",
            Map.of("virtual-shards", shards)));
  }

  private static TrainRun.Prepared prepare(RunConfig config) throws Exception {
    SparkRuntime runtime = new SparkRuntime("test", "local[1]");
    return new TrainRun.Preparing(null, runtime, new HadoopStorage()).of(config);
  }

  @Test
  void batchNormOfOneSampleAShardIsAMistakeInTheConfiguration() {
    assertThatThrownBy(() -> prepare(config(8, 8)))
        .isInstanceOf(ConfigException.class)
        .satisfies(e -> assertThat(Failures.of(e).exitCode()).isEqualTo(2))
        .hasMessageContaining("layer 2: batch-norm gets one sample a shard")
        .hasMessageContaining("cluster.virtual-shards: 3 or less"); // of 350 samples
  }

  @Test
  void theDefaultGivesBatchNormWhatItNeeds() throws Exception {
    for (int batch : new int[] {2, 8, 16, 31, 64, 128}) {
      assertThat(prepare(config(batch, "auto")).config().train().batchSize()).isEqualTo(batch);
    }
  }
}
