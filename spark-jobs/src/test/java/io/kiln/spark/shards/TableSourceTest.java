package io.kiln.spark.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.spark.SparkDefaults;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the files of tables are. */
@Tag("spark")
class TableSourceTest {
  @TempDir private Path folder;

  @Test
  void plainPathsAreOfThisMachineWhateverTheUsualFileSystemIs() throws Exception {
    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster("local[1]").setAppName("places"))
            .set("spark.ui.enabled", "false");
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      Path table = folder.resolve("a table");
      spark.range(9).write().parquet("file:" + table);
      spark.sparkContext().hadoopConfiguration().set("fs.defaultFS", "hdfs://nowhere.invalid:1");
      for (String path : new String[] {table.toString(), "file:" + table}) {
        Settings data = Settings.of("data", Map.of("format", "parquet", "path", path));
        TableSource source = TableSource.of(spark, data, "/");
        assertThat(source.name()).isEqualTo(table.toString());
        assertThat(source.table().count()).isEqualTo(9);
      }
      Settings below = Settings.of("data", Map.of("format", "parquet", "path", "a table"));
      assertThat(TableSource.of(spark, below, folder.toString()).table().count()).isEqualTo(9);
      Settings nowhere = Settings.of("data", Map.of("format", "parquet", "path", "hdfs:/x"));
      assertThatThrownBy(() -> TableSource.of(spark, nowhere, "/"))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("data.path: hdfs:/x names no host");
    }
  }
}
