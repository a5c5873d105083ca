package io.kiln.spark.shards;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.io.Digests;
import io.kiln.nn.tensor.DType;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Small tables, and what became of them. */
final class Tables {
  private Tables() {}

  /** Rows of floats, a double, a whole number, a flag, a colour, a class by these. */
  static Dataset<Row> mixed(SparkSession spark, int rows) {
    return spark
        .range(rows)
        .selectExpr(
            "cast(sin(id) * 10 as float) as a",
            "cast(pow(10, (id % 30) - 15) * cos(id) as float) as b",
            "1600000000.123 + id * 0.001 as time",
            "cast(id % 11 as int) as n",
            "id % 3 = 0 as flag",
            "case id % 4 when 0 then 'blue' when 1 then 'red' else 'grün' end as colour",
            "case id % 3 when 0 then 'ant' when 1 then 'bee' else 'wasp' end as y");
  }

  static Map<String, Object> mixedData(String format, Path path) {
    Map<String, Object> data = new TreeMap<>();
    data.put("format", format);
    data.put("path", path.toString());
    data.put("label", "y");
    data.put("categorical", List.of("colour"));
    data.put("validation", 0.2);
    data.put("test", 0.1);
    return data;
  }

  static ShardedTable sharded(SparkSession spark, Map<String, Object> data, int shards)
      throws IOException {
    return ShardedTable.of(spark, TableSource.of(spark, Settings.of("data", data), "/"), shards);
  }

  /** What the task of a worker does with its shards. */
  interface Work<R> extends java.io.Serializable {
    R run(WorkerShards shards, TaskContext task) throws Exception;
  }

  /** Runs one task. */
  static <R> R inTask(SparkSession spark, ShardedTable table, Work<R> work) {
    WorkerShards shards = table.worker();
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(List.of(0), 1)
        .map(zero -> work.run(shards, TaskContext.get()))
        .first();
  }

  /** Spools every shard of every part; the files' hashes by name, and then no files. */
  static Map<String, String> spools(SparkSession spark, ShardedTable table) throws IOException {
    table.materialise();
    return inTask(spark, table, Tables::hashes);
  }

  static Map<String, String> hashes(WorkerShards worker, TaskContext task) throws IOException {
    for (Part part : Part.values()) {
      worker.open(part, 0, worker.plan().shards(), task, 1, 0).close();
    }
    Map<String, String> hashes = new TreeMap<>();
    for (Path file : files(worker)) {
      hashes.put(
          file.getFileName().toString(),
          Digests.hex(Digests.sha256().digest(Files.readAllBytes(file))));
      Files.delete(file);
    }
    return hashes;
  }

  /** The spools of a table in this JVM. */
  static List<Path> files(WorkerShards worker) throws IOException {
    List<Path> files = new ArrayList<>();
    for (File root : SparkEnv.get().blockManager().diskBlockManager().localDirs()) {
      Path folder = root.toPath().resolve("kiln-spool-" + worker.plan().id());
      if (Files.exists(folder)) {
        try (Stream<Path> all = Files.list(folder)) {
          all.forEach(files::add);
        }
      }
    }
    return files;
  }

  /** All numbers of a part in the plain order: features, then the target. */
  static List<float[]> rows(ShardedSamples samples) throws IOException {
    List<float[]> rows = new ArrayList<>();
    int width = samples.spec().inputs().get(0).count();
    int targets = samples.spec().target().count();
    Batch batch = samples.batch(1, DType.FLOAT32);
    for (int shard = 0; shard < samples.shards(); shard++) {
      try (ShardReader reader = samples.open(shard, ShardedSamples.PLAIN, 0)) {
        for (long i = 0; i < samples.size(shard); i++) {
          reader.fill(batch, 1);
          float[] row = new float[width + targets];
          for (int j = 0; j < width; j++) {
            row[j] = (float) batch.input(0).get(j);
          }
          for (int j = 0; j < targets; j++) {
            row[width + j] = (float) batch.target().get(j);
          }
          rows.add(row);
        }
      }
    }
    return rows;
  }
}
