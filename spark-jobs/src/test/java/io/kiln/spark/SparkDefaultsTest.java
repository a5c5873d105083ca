package io.kiln.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SparkDefaultsTest {
  @Test
  void givesWhatIsMissing() {
    SparkConf conf = SparkDefaults.apply(new SparkConf(false));
    assertThat(conf.get("spark.serializer"))
        .isEqualTo("org.apache.spark.serializer.KryoSerializer");
    assertThat(conf.get("spark.kryo.registrationRequired")).isEqualTo("true");
    assertThat(conf.get("spark.kryo.registrator")).isEqualTo(KilnKryoRegistrator.class.getName());
    assertThat(conf.get("spark.executorEnv.OPENBLAS_NUM_THREADS")).isEqualTo("1");
  }

  @Test
  void leavesWhatIsGiven() {
    SparkConf given = new SparkConf(false).set("spark.executor.memory", "7g");
    assertThat(SparkDefaults.apply(given).get("spark.executor.memory")).isEqualTo("7g");
  }

  @Test
  void webUiIsOffForLocalMastersAndOnForClusters() {
    SparkConf local = new SparkConf(false).set("spark.master", "local[2]");
    SparkConf cluster = new SparkConf(false).set("spark.master", "spark://127.0.0.1:7077");
    assertThat(SparkDefaults.apply(local).get("spark.ui.enabled")).isEqualTo("false");
    assertThat(SparkDefaults.apply(cluster).get("spark.ui.enabled")).isEqualTo("true");
  }

  @Test
  void executorsOfALocalClusterGetWhatItsWorkersHave() {
    SparkConf small = new SparkConf(false).set("spark.master", "local-cluster[2, 1, 1024]");
    SparkConf cluster = new SparkConf(false).set("spark.master", "spark://127.0.0.1:7077");
    assertThat(SparkDefaults.apply(small).get("spark.executor.memory")).isEqualTo("1024m");
    assertThat(small.get("spark.executor.instances")).isEqualTo("2");
    assertThat(SparkDefaults.apply(cluster).get("spark.executor.memory")).isEqualTo("2g");
  }
}
