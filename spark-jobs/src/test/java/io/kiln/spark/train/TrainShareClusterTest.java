package io.kiln.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.io.FormatException;
import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.fit.FitPlan;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on images, on two executor processes, each of which has its share or a copy. */
@Tag("spark")
@Timeout(600)
class TrainShareClusterTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();
  private static final int TRAIN = 2000;
  private static final int TEST = 500;
  private static final int SIDE = 12;

  @TempDir static Path folder;

  private static JavaSparkContext spark;
  private static SparkSession session;

  @BeforeAll
  static void start() throws IOException {
    spark = TestSpark.start("local-cluster[2,1,1024]");
    session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
    idx("plain", false);
    idx("packed", true);
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  /** Squares in one of four corners. */
  private static void idx(String name, boolean packed) throws IOException {
    for (String part : List.of("train", "t10k")) {
      int n = part.equals("train") ? TRAIN : TEST;
      Random random = new Random(n);
      ByteBuffer images = ByteBuffer.allocate(16 + n * SIDE * SIDE);
      images.putInt(2051).putInt(n).putInt(SIDE).putInt(SIDE);
      ByteBuffer labels = ByteBuffer.allocate(8 + n).putInt(2049).putInt(n);
      for (int i = 0; i < n; i++) {
        int corner = random.nextInt(4);
        labels.put((byte) corner);
        for (int at = 0; at < SIDE * SIDE; at++) {
          boolean here = at / SIDE / (SIDE / 2) * 2 + at % SIDE / (SIDE / 2) == corner;
          images.put((byte) (random.nextInt(128) + (here ? 80 : 0)));
        }
      }
      write(name + "/" + part + "-images-idx3-ubyte", images.array(), packed);
      write(name + "/" + part + "-labels-idx1-ubyte", labels.array(), packed);
    }
  }

  private static void write(String name, byte[] bytes, boolean packed) throws IOException {
    Path file = folder.resolve(name + (packed ? ".gz" : ""));
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    try (OutputStream out = Files.newOutputStream(file);
        OutputStream zip = packed ? new GZIPOutputStream(out) : out) {
      zip.write(bytes);
    }
  }

  private static RunConfig config(String set, Map<String, Object> changes) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("format", "mnist");
    data.put("path", folder.resolve(set).toString());
    data.put("classes", 4);
    data.put("validation", 300);
    data.put("augment", Map.of("crop-padding", 1, "brightness", 0.2));
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", "test");
    values.put("data", data);
    values.put("model", Map.of("type", "mlp", "hidden", List.of(16)));
    values.put("optimizer", Map.of("type", "adam", "learning-rate", 0.01));
    values.put("train", Map.of("epochs", 2, "batch-size", 64));
    values.put("cluster", Map.of("workers", 2, "reproducible", "any-workers"));
    return RunConfig.of(values).with(changes);
  }

  private static FitData data(RunConfig config) throws IOException {
    FitData data = FitData.of(config, "/", STORAGE, false, () -> session);
    data.check(FitPlan.of(config, data.facts().spec(), 1, STORAGE, "/"));
    return data;
  }

  private static RunReport train(RunConfig config, String name) throws Exception {
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    TrainRun.Prepared prepared = new TrainRun.Prepared(config, data(config), "/", 1, 1);
    return new TrainRun(spark, prepared, STORAGE, quiet)
        .inNewFolder(folder.resolve(name).toString());
  }

  private static RunReport.Data data(RunReport report) {
    return Objects.requireNonNull(report.data());
  }

  private static List<Long> bytesRead(RunReport report) {
    return Objects.requireNonNull(data(report).bytesRead());
  }

  private static double accuracy(RunReport report) {
    return Objects.requireNonNull(Objects.requireNonNull(report.test()).accuracy());
  }

  private static void same(RunReport one, RunReport other) {
    assertThat(one.weightsSha256()).isNotNull().isEqualTo(other.weightsSha256());
    assertThat(one.test()).isEqualTo(other.test());
    assertThat(one.baseline()).isEqualTo(other.baseline());
    assertThat(data(one).fingerprint()).isEqualTo(data(other).fingerprint());
    for (int epoch = 0; epoch < one.history().size(); epoch++) {
      assertThat(one.history().get(epoch).validationLoss())
          .isEqualTo(other.history().get(epoch).validationLoss());
    }
  }

  @Test
  void everyWorkerReadsItsShareAndTheBitsAreThoseOfCopies() throws Exception {
    RunReport copies = train(config("plain", Map.of()), "copies");
    assertThat(data(copies).placement()).isEqualTo("replicate");
    assertThat(data(copies).notes())
        .contains(
            "data.placement is replicate: 0.3 MB in memory, of at most 16 MB every worker has"
                + " a copy");
    assertThat(accuracy(copies)).isGreaterThan(0.9);
    Map<String, Object> shard = Map.of("data.placement", "shard");
    RunReport two = train(config("plain", shard), "two");
    assertThat(data(two).placement()).isEqualTo("shard");
    assertThat(data(two).notes())
        .contains("data.placement is shard: as data.placement says; 0.3" + " MB in memory");
    same(two, copies);
    RunReport one = train(config("plain", shard).with(Map.of("cluster.workers", 1)), "one");
    same(one, copies);
    same(train(config("packed", shard), "packed-two"), copies);
    // Labels and headers are everybody's.
    long pixels = (TRAIN + TEST) * (long) SIDE * SIDE;
    assertThat(bytesRead(two)).hasSize(2);
    assertThat(bytesRead(two).get(0) + bytesRead(two).get(1))
        .isBetween(pixels, pixels + 4L * (TRAIN + TEST));
    assertThat(bytesRead(two)).allSatisfy(n -> assertThat(n).isBetween(pixels / 3, pixels * 2 / 3));
    assertThat(bytesRead(one).get(0)).isGreaterThan(pixels);
  }

  /** A thousand classes of which no worker has all, and whose confusions travel. */
  @Test
  void aFolderOfAThousandClassesIsDecodedAndValidatedByTwoWorkers() throws Exception {
    Random random = new Random(3);
    for (int name = 0; name < 1000; name++) {
      for (int i = 0; i < 3; i++) {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int at = 0; at < 64; at++) {
          image.setRGB(at % 8, at / 8, name * 8117 + random.nextInt(32));
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        write("names/class-" + (1000 + name) + "/" + i + ".png", png.toByteArray(), false);
      }
    }
    Map<String, Object> changes = new LinkedHashMap<>();
    changes.put(
        "data",
        Map.of(
            "format",
            "images",
            "path",
            folder.resolve("names").toString(),
            "resize",
            0,
            "crop",
            8,
            "validation",
            500,
            "test",
            0.1,
            "placement",
            "shard"));
    changes.put("cluster.virtual-shards", 8);
    RunReport shards = train(config("plain", changes), "names-shard");
    assertThat(data(shards).validationCount()).isEqualTo(500);
    assertThat(data(shards).classNames()).hasSize(1000);
    assertThat(shards.history().get(1).validationAccuracy()).isNotNull();
    RunReport copies =
        train(config("plain", changes).with(Map.of("data.placement", "replicate")), "names-copies");
    same(shards, copies);
    assertThat(bytesRead(shards))
        .allSatisfy(n -> assertThat(n).isLessThan(bytesRead(copies).get(0) * 2 / 3));
  }

  @Test
  void imagesInATableTrainToTheSameBitsOnAnyWorkers() throws Exception {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
      for (int at = 0; at < 64; at++) {
        image.setRGB(at % 8, at / 8, random.nextInt(128) * 65793 + (i % 3 == 0 ? 0x60 : 0));
      }
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(image, "png", png);
      rows.add(RowFactory.create(png.toByteArray(), i % 3 == 0 ? "blue" : "grey"));
    }
    StructType schema =
        new StructType().add("jpeg", DataTypes.BinaryType).add("y", DataTypes.StringType);
    String place = folder.resolve("cells").toString();
    session.createDataFrame(rows, schema).repartition(3).write().parquet(place);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("format", "parquet");
    data.put("path", place);
    data.put("image", "jpeg");
    data.put("label", "y");
    data.put("resize", 0);
    data.put("crop", 8);
    data.put("validation", 0.1);
    data.put("test", 0.2);
    data.put("augment", Map.of("flip", true, "crop-padding", 1));
    RunReport two = train(config("plain", Map.of("data", data)), "cells-two");
    assertThat(accuracy(two)).isGreaterThan(0.9);
    Map<String, Object> alone = Map.of("data", data, "cluster.workers", 1);
    RunReport one = train(config("plain", alone), "cells-one");
    same(one, two);
    assertThat(bytesRead(two).get(0)).isLessThan(bytesRead(one).get(0) * 2 / 3);
  }

  /** What has no records that could be read alone is read through, and a share of it kept. */
  @Test
  void textsAndArraysAreKeptByShares() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      text.append("the ").append(i % 7).append(" of ").append(i % 5).append('\n');
    }
    write("plain.txt", text.toString().getBytes(StandardCharsets.UTF_8), false);
    Map<String, Object> texts = new LinkedHashMap<>();
    texts.put("format", "text");
    texts.put("path", folder.resolve("plain.txt").toString());
    texts.put("window", 16);
    texts.put("validation", 0.1);
    Map<String, Object> changes = new LinkedHashMap<>();
    changes.put("data", texts);
    changes.put("model", Map.of("type", "char-rnn", "hidden", 8, "embedding", 4));
    changes.put("loss", "temporal-softmax");
    changes.put("train.batch-size", 16);
    kept("text", changes);

    Random random = new Random(7);
    float[] x = new float[400];
    float[] y = new float[200];
    for (int i = 0; i < y.length; i++) {
      x[2 * i] = random.nextFloat();
      x[2 * i + 1] = random.nextFloat();
      y[i] = x[2 * i] > x[2 * i + 1] ? 1 : 0;
    }
    write("x.npy", npy("(200, 2)", x), false);
    write("y.npy", npy("(200,)", y), false);
    Map<String, Object> arrays = new LinkedHashMap<>();
    arrays.put("format", "npy");
    arrays.put("path", folder.resolve("x.npy").toString());
    arrays.put("labels", folder.resolve("y.npy").toString());
    arrays.put("validation", 0.2);
    kept("npy", Map.of("data", arrays));
  }

  private void kept(String name, Map<String, Object> changes) throws Exception {
    RunConfig config = config("plain", changes);
    RunReport copies = train(config.with(Map.of("data.placement", "replicate")), name + "-copies");
    RunReport shards = train(config.with(Map.of("data.placement", "shard")), name + "-shard");
    assertThat(data(shards).placement()).isEqualTo("shard");
    assertThat(shards.weightsSha256()).isNotNull().isEqualTo(copies.weightsSha256());
    assertThat(shards.baseline()).isEqualTo(copies.baseline());
    assertThat(bytesRead(shards)).isEqualTo(bytesRead(copies));
  }

  private static byte[] npy(String shape, float[] numbers) {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
    int length = (header.length() + 11) / 64 * 64 + 64 - 10;
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + length + 4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) length);
    bytes.put(
        (header + " ".repeat(length - header.length() - 1) + "\n")
            .getBytes(StandardCharsets.US_ASCII));
    for (float number : numbers) {
      bytes.putFloat(number);
    }
    return bytes.array();
  }

  @Test
  void filesThatChangeOrGoAfterTheDriverHasSeenThemAreNamed() throws Exception {
    for (boolean gone : new boolean[] {false, true}) {
      String set = gone ? "gone" : "changed";
      idx(set, false);
      RunConfig config = config(set, Map.of("data.placement", "shard"));
      TrainRun.Prepared prepared = new TrainRun.Prepared(config, data(config), "/", 1, 1);
      Path file = folder.resolve(set + "/train-images-idx3-ubyte");
      if (gone) {
        Files.delete(file);
      } else {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
      PrintStream quiet =
          new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
      assertThatThrownBy(
              () ->
                  new TrainRun(spark, prepared, STORAGE, quiet)
                      .inNewFolder(folder.resolve("run-" + set).toString()))
          .satisfies(
              e -> {
                Throwable cause = e;
                while (cause.getCause() != null) {
                  cause = cause.getCause();
                }
                if (gone) {
                  assertThat(cause).hasMessageContaining("images-idx3-ubyte is not to be seen on");
                } else {
                  assertThat(cause)
                      .isInstanceOf(FormatException.class)
                      .hasMessageMatching(
                          "data of worker \\d on \\S+: samples of shard \\d are not those the"
                              + " driver has seen; give all machines the same files");
                }
              });
    }
  }

  /** With real MNIST, where it is: 55 MB are more than a copy is for. */
  @Test
  void mnistIsReadByShares() throws Exception {
    String root = System.getenv("KILN_DATA");
    Assumptions.assumeTrue(root != null && Files.isDirectory(Path.of(root, "mnist")));
    Map<String, Object> changes = new LinkedHashMap<>();
    changes.put("data", Map.of("format", "mnist", "path", root + "/mnist", "validation", 5000));
    changes.put("train.epochs", 1);
    RunReport shards = train(config("plain", changes), "mnist-shard");
    assertThat(data(shards).placement()).isEqualTo("shard");
    assertThat(accuracy(shards)).isGreaterThan(0.8);
    changes.put("data.placement", "replicate");
    same(shards, train(config("plain", changes), "mnist-copies"));
  }
}
