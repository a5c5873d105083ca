package io.kiln.spark.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private static final String HERE = System.getProperty("user.dir");

  private static Places places(String usual, boolean elsewhere) {
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.defaultFS", usual);
    return new Places(hadoop, elsewhere);
  }

  @Test
  void aPlainPathIsOneOfTheDriversFolder() {
    Places places = places("hdfs://names:9000", false);
    assertThat(places.resolved("--data", "mnist")).isEqualTo(HERE + "/mnist");
    assertThat(places.resolved("--data", "/data/mnist")).isEqualTo("/data/mnist");
    assertThat(places.resolved("--data", "file:/data/mnist")).isEqualTo("/data/mnist");
    assertThat(places.dataRoot(null)).isEqualTo(HERE);
    assertThat(places.out("runs/a")).isEqualTo(HERE + "/runs/a");
    assertThat(places.out(null)).isNull();
  }

  @Test
  void aUriWithoutAHostIsOnTheUsualFileSystem() {
    Places places = places("hdfs://names:9000", false);
    assertThat(places.dataRoot("hdfs:/data")).isEqualTo("hdfs://names:9000/data");
    assertThat(places.dataRoot("hdfs:///data")).isEqualTo("hdfs://names:9000/data");
    assertThat(places.dataRoot("hdfs://other/data")).isEqualTo("hdfs://other/data");
    assertThat(places.dataRoot("s3a://bucket/data")).isEqualTo("s3a://bucket/data");
    assertThat(places.dataRoot("dbfs:/data")).isEqualTo("dbfs:/data");
  }

  @Test
  void hdfsWithoutAHostAnywhereIsAMistake() {
    assertThatThrownBy(() -> places("file:///", false).out("hdfs:/runs/a"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "--out: hdfs:/runs/a names no host and Hadoop's configuration (fs.defaultFS: file:///)"
                + " names no HDFS; write hdfs://HOST:PORT/runs/a, or set HADOOP_CONF_DIR");
  }

  @Test
  void aDriverOnTheClusterNeedsAPlaceThatStays() {
    Places places = places("hdfs://names:9000", true);
    assertThat(places.out("hdfs:/runs/a")).isEqualTo("hdfs://names:9000/runs/a");
    assertThat(places.out("/shared/a")).isEqualTo("/shared/a");
    for (String lost : new String[] {null, "runs/a", "a"}) {
      assertThatThrownBy(() -> places.out(lost))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("below the driver's own folder");
    }
  }
}
