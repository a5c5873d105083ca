package io.kiln.spark.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.DataSources;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.Splits;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.tensor.DType;
import io.kiln.spark.SparkDefaults;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Failures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A column of JPEG and PNG bytes is what a folder of the same files is. */
@Tag("spark")
class TableImagesTest {
  private static final StructType SCHEMA =
      new StructType()
          .add("content", DataTypes.BinaryType)
          .add("name", DataTypes.StringType)
          .add("n", DataTypes.IntegerType);

  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster("local[2]").setAppName("table images"))
            .set("spark.ui.enabled", "false");
    spark = SparkSession.builder().config(conf).getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static byte[] image(Random random, int i) throws IOException {
    BufferedImage image = new BufferedImage(10, 8 + i % 4, BufferedImage.TYPE_INT_RGB);
    for (int at = 0; at < image.getWidth() * image.getHeight(); at++) {
      image.setRGB(at % 10, at / 10, i % 7 == 0 ? 0 : random.nextInt());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, i % 2 == 0 ? "png" : "jpg", bytes);
    return bytes.toByteArray();
  }

  private Map<String, Object> data(List<Row> rows) {
    String path = folder.resolve("table").toString();
    spark.createDataFrame(rows, SCHEMA).repartition(3).write().parquet(path);
    Map<String, Object> data = new TreeMap<>();
    data.put("format", "parquet");
    data.put("path", path);
    data.put("image", "content");
    data.put("label", "name");
    data.put("resize", 9);
    data.put("crop", List.of(8, 6));
    return data;
  }

  /** Input and target of every sample, sorted. */
  private static List<String> sorted(List<Batch> batches) {
    List<String> samples = new ArrayList<>();
    for (Batch batch : batches) {
      int width = batch.input(0).count() / batch.size();
      for (int row = 0; row < batch.size(); row++) {
        StringBuilder sample = new StringBuilder();
        for (int i = 0; i < width; i++) {
          sample.append((float) batch.input(0).get(row * width + i)).append(' ');
        }
        samples.add(sample.append(batch.target().get(row)).toString());
      }
    }
    samples.sort(null);
    return samples;
  }

  private static Batch all(Dataset data) {
    Batch batch = Batch.of(data.spec(), data.size(), DType.FLOAT32);
    for (int i = 0; i < data.size(); i++) {
      data.read(i, batch, i);
    }
    return batch;
  }

  private static byte[] read(WorkerShards worker, TaskContext task, int epoch) throws IOException {
    List<Batch> batches = new ArrayList<>();
    try (ShardedSamples samples = worker.open(Part.TRAIN, 0, 2, task, 1, 1 << 30)) {
      for (int shard = 0; shard < 2; shard++) {
        int n = (int) samples.size(shard);
        Batch batch = samples.batch(n, DType.FLOAT32);
        batch.epoch(Math.max(0, epoch));
        try (ShardReader reader = samples.open(shard, epoch, 0)) {
          reader.fill(batch, n);
        }
        batches.add(batch);
      }
    }
    return String.join("\n", sorted(batches)).getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> read(ShardedTable table, int epoch) throws IOException {
    table.materialise();
    byte[] samples = Tables.inTask(spark, table, (worker, task) -> read(worker, task, epoch));
    return List.of(new String(samples, StandardCharsets.UTF_8).split("\n"));
  }

  @Test
  void theSamplesAreThoseOfAFolderOfTheSameFiles() throws IOException {
    Random random = new Random(4);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      byte[] bytes = image(random, i);
      String name = i % 3 == 0 ? "ant" : "bee";
      rows.add(RowFactory.create(bytes, name, i));
      Path file = folder.resolve("files/" + name + "/" + i + (i % 2 == 0 ? ".png" : ".jpg"));
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.write(file, bytes);
    }
    Map<String, Object> data = data(rows);
    ShardedTable table = Tables.sharded(spark, data, 2);
    Map<String, Object> files =
        Map.of(
            "format",
            "images",
            "path",
            folder.resolve("files").toString(),
            "resize",
            9,
            "crop",
            List.of(8, 6));
    Splits splits = DataSources.load(Settings.of("data", files), new LocalStorage(), "");
    assertThat(table.plan().spec()).isEqualTo(splits.train().spec());
    assertThat(table.plan().fitted().get("mean")).isEqualTo(splits.fitted().get("mean"));
    assertThat(table.plan().fitted().get("deviation")).isEqualTo(splits.fitted().get("deviation"));
    List<String> expected = sorted(List.of(all(splits.train())));
    assertThat(read(table, ShardedSamples.PLAIN)).isEqualTo(expected);
    assertThat(read(table, 2)).isEqualTo(expected);

    data.put("augment", Map.of("flip", true, "crop-padding", 1));
    ShardedTable varied = Tables.sharded(spark, data, 2);
    assertThat(read(varied, 2))
        .hasSameSizeAs(expected)
        .isNotEqualTo(expected)
        .isEqualTo(read(varied, 2))
        .isNotEqualTo(read(varied, 3));
    data.remove("augment");
    data.put("normalize", false);
    assertThat(Tables.sharded(spark, data, 2).plan().fitted()).doesNotContainKeys("mean", "fill");
  }

  private static void refused(Map<String, Object> data, int code, String line) {
    Throwable thrown = catchThrowable(() -> Tables.sharded(spark, data, 2));
    assertThat(thrown).isNotNull();
    Failures failure = Failures.of(thrown);
    assertThat(failure.line()).contains(line);
    assertThat(failure.exitCode()).isEqualTo(code);
  }

  @Test
  void bytesThatAreNoImageAreOneLineWithTheirRow() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      byte[] bytes = i == 5 ? new byte[] {1, 2, 3} : image(new Random(i), i);
      rows.add(RowFactory.create(bytes, i % 2 == 0 ? "a" : "b", i));
    }
    Map<String, Object> data = data(rows);
    refused(
        data,
        ExitCodes.UNREADABLE,
        "column 'content' has bytes that are no image: it is not a JPEG, PNG or BMP image; remove"
            + " it in 1 row, first in ");
    data.put("image", "name");
    refused(data, ExitCodes.USAGE, "data.image: column 'name' has cells of type string but");
    data.put("image", "contend");
    refused(data, ExitCodes.USAGE, "did you mean 'content'?");
    data.put("features", List.of("n"));
    refused(data, ExitCodes.USAGE, "data.image: a column of images is the only feature");
  }
}
