package io.kiln.spark.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.SparkDefaults;
import io.kiln.spark.cluster.ResourcesException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real daemons. */
@Tag("spark")
class LocalClusterTest {
  @TempDir private Path folder;

  private LocalCluster cluster = new LocalCluster(Path.of("."), homes());

  @BeforeEach
  void create() {
    cluster = new LocalCluster(folder.resolve("cluster"), homes());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.stop();
  }

  @Test
  void startsRunsAJobAndStops() throws Exception {
    ClusterState state = cluster.start(new LocalCluster.Plan(2, 1, "2g", false));
    assertThat(state.master()).startsWith("spark://127.0.0.1:");
    assertThat(cluster.state()).contains(state);
    assertThat(new LocalCluster(folder.resolve("cluster"), homes()).state()).contains(state);

    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster(state.master()).setAppName("sum"))
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.executor.memory", "1g")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      assertThat(spark.parallelize(List.of(1, 2, 3, 4), 4).reduce(Integer::sum)).isEqualTo(10);
    }

    assertThat(cluster.stop()).isEqualTo(3);
    assertThat(cluster.state()).isEmpty();
    assertThat(cluster.stop()).isZero();
  }

  @Test
  void stopKnowsItsDaemonsWithoutItsFiles() throws Exception {
    cluster.start(new LocalCluster.Plan(1, 1, "1g", false));
    Files.delete(folder.resolve("cluster/cluster.properties"));
    assertThat(cluster.state()).isEmpty();
    assertThat(cluster.stop()).isEqualTo(2);
  }

  @Test
  void daemonThatEndsIsReportedWithItsLogAndNothingIsLeft() throws Exception {
    assertThatThrownBy(() -> cluster.start(new LocalCluster.Plan(1, 1, "lots", false)))
        .isInstanceOf(ResourcesException.class)
        .hasMessageContaining("worker-1 ended with code")
        .hasMessageContaining("worker-1.log");
    assertThat(Daemon.running(folder.resolve("cluster"))).isEmpty();
  }

  @Test
  void planWithoutWorkersIsRefused() {
    assertThatThrownBy(() -> new LocalCluster.Plan(0, 1, "1g", false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("0 workers of 1 cores came but at least 1 of each is needed");
  }

  @Test
  @Tag("slow")
  void hdfsKeepsWhatWasWrittenOverARestart() throws Exception {
    LocalCluster.Plan plan = new LocalCluster.Plan(1, 1, "1g", true);
    write(cluster.start(plan).hdfs(), "text");
    cluster.stop();
    assertThat(read(cluster.start(plan).hdfs())).isEqualTo("text");
  }

  private static void write(String hdfs, String text) throws Exception {
    var path = new org.apache.hadoop.fs.Path(hdfs + "/folder/file");
    try (var out = path.getFileSystem(new org.apache.hadoop.conf.Configuration()).create(path)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String read(String hdfs) throws Exception {
    var path = new org.apache.hadoop.fs.Path(hdfs + "/folder/file");
    try (var in = path.getFileSystem(new org.apache.hadoop.conf.Configuration()).open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static LocalCluster.Homes homes() {
    Path root = Path.of("..").toAbsolutePath().normalize();
    return new LocalCluster.Homes(
        root.resolve("target/spark-home"),
        root.resolve("target/hdfs-home/jars"),
        root.resolve("conf"));
  }
}
