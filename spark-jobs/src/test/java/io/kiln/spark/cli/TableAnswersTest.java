package io.kiln.spark.cli;

import static io.kiln.spark.cli.Typed.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.SparkDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What models that were trained on tables answer to tables. */
@Tag("spark")
class TableAnswersTest {
  private static final int ROWS = 300;

  @TempDir static Path folder;

  private static SparkSession session() {
    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster("local[2]").setAppName("tables"))
            .set("spark.ui.enabled", "false");
    return SparkSession.builder().config(conf).getOrCreate();
  }

  @BeforeAll
  static void write() throws IOException {
    try (SparkSession spark = session()) {
      Dataset<Row> rows =
          spark
              .range(ROWS)
              .repartition(1)
              .sortWithinPartitions("id")
              .selectExpr(
                  "cast(sin(id) as float) as a",
                  "round(10 * cos(id), 3) as b",
                  "if(id % 3 = 0, 'blue', 'gr\u00fcn') as colour",
                  "cast(id as int) as n",
                  "if(sin(id) + if(id % 3 = 0, 0.5, 0) > 0.2, 'yes', 'no') as y");
      rows.write().parquet(place("one"));
      for (int i = 0; i < 7; i++) {
        // Pieces of unlike size, so that Spark does not read them in the order of their names.
        int from = i == 0 ? 0 : 10 * i * i - 50 + 50;
        int to = i == 6 ? ROWS : 10 * (i + 1) * (i + 1);
        Dataset<Row> piece =
            rows.where("n >= " + Math.min(ROWS, from) + " and n < " + Math.min(ROWS, to));
        piece.coalesce(1).write().mode(SaveMode.Append).parquet(place("piece" + i));
        move("piece" + i, "seven/part-" + i + ".parquet");
      }
      rows.write().option("header", "true").csv(place("texts"));
      rows.drop("y", "n")
          .selectExpr("colour", "b", "a", "'more' as c")
          .write()
          .parquet(place("unlabelled"));
      rows.selectExpr("a", "if(n = 7, null, b) as b", "colour", "y")
          .write()
          .parquet(place("nulls"));
      rows.selectExpr("a", "b", "if(n = 7, 'red', colour) as colour", "y")
          .write()
          .parquet(place("unknown"));
      rows.selectExpr("a", "b", "colour", "if(n = 7, null, y) as y")
          .write()
          .parquet(place("part-labelled"));
      rows.limit(0).write().parquet(place("empty"));
      Dataset<Row> arrays =
          rows.select(
              functions
                  .array_to_vector(org.apache.spark.sql.functions.expr("array(double(a), b)"))
                  .as("v"),
              org.apache.spark.sql.functions.expr("array(float(n), float(n % 7))").as("w"),
              org.apache.spark.sql.functions.expr("3 * b + 1").as("z"));
      arrays.write().parquet(place("vectors"));
      arrays
          .selectExpr("v", "if(w[0] = 7, array(1f), w) as w", "z")
          .write()
          .parquet(place("ragged"));
    }
    train(
        "rows",
        "{format: parquet, path: one, label: y, categorical: [colour], features: [a, b, colour], validation: 0.1}");
    train("regression", "{format: parquet, path: vectors, label: z, task: regression}");
  }

  private static void move(String from, String to) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(from))) {
      Path part =
          files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.createDirectories(folder.resolve(to).getParent());
      Files.move(part, folder.resolve(to));
    }
  }

  private static String place(String name) {
    return folder.resolve(name).toString();
  }

  private static void train(String name, String data) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve(name + ".yaml"),
            """
            name: %s
            data:      %s
            model:     {type: mlp, hidden: [8]}
            optimizer: {type: adam, learning-rate: 0.02}
            train:     {epochs: 3, batch-size: 16}
            %s
            """
                .formatted(name, data, name.equals("regression") ? "loss: mse" : ""));
    Typed said =
        kiln("train", config, "--master", "local[2]", "--data", folder, "--out", place(name));
    assertThat(said.code()).as(said.err()).isZero();
  }

  private static Typed apply(String command, String model, String data, Object... more) {
    List<Object> words =
        new ArrayList<>(List.of(command, "--master", "local[2]", "--model", place(model)));
    words.addAll(List.of("--data", place(data)));
    words.addAll(Arrays.asList(more));
    return kiln(words.toArray());
  }

  private static List<String> predicted(String model, String data, Object... more)
      throws IOException {
    Path out = folder.resolve("answers.csv");
    Files.deleteIfExists(out);
    List<Object> words = new ArrayList<>(List.of("--out", out));
    words.addAll(Arrays.asList(more));
    Typed said = apply("predict", model, data, words.toArray());
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains(" predictions written to ");
    return Files.readAllLines(out);
  }

  private static void refused(int code, String line, Typed said) throws IOException {
    assertThat(said.err()).contains(line);
    assertThat(said.err().lines()).as(said.err()).hasSize(1);
    assertThat(said.code()).as(said.err()).isEqualTo(code);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("bad"));
    }
  }

  @Test
  void filesFormatsAndColumnsBesideChangeNoAnswer() throws IOException {
    List<String> one = predicted("rows", "one", "--probabilities");
    assertThat(one).hasSize(ROWS + 1).startsWith("Id,Category,p_no,p_yes");
    for (int i = 1; i <= ROWS; i++) {
      assertThat(one.get(i)).startsWith(i + ",");
    }
    assertThat(one.stream().filter(line -> line.contains(",yes,")).count()).isBetween(60L, 240L);
    assertThat(predicted("rows", "seven", "--probabilities")).isEqualTo(one);
    assertThat(predicted("rows", "unlabelled", "--probabilities")).isEqualTo(one);
    assertThat(predicted("rows", "texts", "--format", "csv", "--probabilities")).isEqualTo(one);

    List<String> some = predicted("rows", "one", "--set", "data.where=n >= 100 and n < 103");
    assertThat(some).hasSize(4);
    assertThat(some.get(1)).startsWith("101,");
    List<String> kept = predicted("rows", "nulls", "--set", "data.missing=drop", "--probabilities");
    List<String> expected = new ArrayList<>(one);
    expected.remove(8);
    assertThat(kept).isEqualTo(expected);
  }

  @Test
  void parquetHasTheSameAnswersInTheSameColumns() throws IOException {
    List<String> lines = predicted("rows", "seven", "--probabilities", "--top", 1);
    Path out = folder.resolve("answers.parquet");
    Typed said = apply("predict", "rows", "seven", "--out", out, "--probabilities", "--top", 1);
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("300 predictions written to");
    try (SparkSession spark = session()) {
      List<Row> rows = spark.read().parquet(out.toString()).orderBy("Id").collectAsList();
      assertThat(rows.get(0).schema().fieldNames())
          .containsExactly("Id", "Category", "top_classes", "top_probabilities", "probabilities");
      assertThat(rows).hasSize(ROWS);
      for (int i = 0; i < ROWS; i++) {
        Row row = rows.get(i);
        String written =
            row.getInt(0)
                + ","
                + row.getString(1)
                + ","
                + row.<String>getList(2).get(0)
                + ","
                + (float) (double) row.<Double>getList(3).get(0)
                + ","
                + (float) (double) row.<Double>getList(4).get(0)
                + ","
                + (float) (double) row.<Double>getList(4).get(1);
        assertThat(written).isEqualTo(lines.get(i + 1));
      }
    }
    Typed printed = apply("predict", "rows", "one", "--top", 2);
    assertThat(printed.out().lines().limit(1)).containsExactly("1");
    assertThat(printed.out().lines()).hasSize(3 * ROWS);
    refused(2, "exists and is not overwritten", apply("predict", "rows", "one", "--out", out));
  }

  @Test
  void vectorsAndArraysAreAnsweredByNumbers() throws IOException {
    List<String> lines = predicted("regression", "vectors");
    assertThat(lines).hasSize(ROWS + 1).startsWith("Id,z");
    assertThat(lines.stream().distinct()).hasSizeGreaterThan(ROWS / 2);
    refused(
        3,
        "column 'w' has 1 numbers but 2 are needed, in ",
        apply("predict", "regression", "ragged", "--out", place("bad.csv")));
    Typed judged = apply("evaluate", "regression", "vectors");
    assertThat(judged.err()).isEmpty();
    assertThat(judged.out()).startsWith("samples   300\nloss  ").contains("rmse", "mae", "r2");
  }

  @Test
  void judgedTablesGiveTheSameNumbersHoweverTheyAreStored() throws IOException {
    Typed one = apply("evaluate", "rows", "one", "--out", place("score"));
    assertThat(one.err()).isEmpty();
    assertThat(one.out()).startsWith("samples   300\nloss ").contains("accuracy", "confusion");
    assertThat(Files.readString(folder.resolve("score/report.json")))
        .contains("\"test_count\" : 300");
    String said = one.out().substring(0, one.out().indexOf("written"));
    assertThat(apply("evaluate", "rows", "seven").out()).isEqualTo(said);
    assertThat(apply("evaluate", "rows", "texts", "--format", "csv").out()).isEqualTo(said);
    assertThat(apply("evaluate", "rows", "part-labelled", "--set", "data.missing=drop").out())
        .startsWith("note: 1 rows with missing cells were left out\nsamples   299");
  }

  @Test
  void badTablesEndInOneLineWithColumnAndPlaceAndLeaveNothing() throws IOException {
    for (String name : List.of("bad.csv", "bad.parquet")) {
      Typed nulls = apply("predict", "rows", "nulls", "--out", place(name));
      refused(3, "column 'b' has no value (null or NaN), in file:", nulls);
      refused(3, ", row 8; set data.missing", nulls);
    }
    Object[] out = {"--out", place("bad.csv")};
    Typed unknown = apply("predict", "rows", "unknown", out);
    refused(3, "'red' but in training it had blue", unknown);
    refused(3, ", row 8;", unknown);
    refused(2, "the table has no column 'colour'", apply("predict", "rows", "vectors", out));
    refused(3, "empty: it has no rows", apply("predict", "rows", "empty", out));
    refused(3, "nowhere is not there", apply("predict", "rows", "nowhere", out));
    Typed where = apply("predict", "rows", "one", "--set", "data.where=n >", out[0], out[1]);
    refused(2, "data.where: 'n >'", where);
    refused(
        3,
        "column 'y' has no label (null or NaN), in file:",
        apply("evaluate", "rows", "part-labelled"));
    refused(2, "the table has no column 'y'", apply("evaluate", "rows", "unlabelled"));
    Typed shape = kiln("summary", folder.resolve("rows.yaml"), "--data", folder);
    assertThat(shape.code()).as(shape.err()).isZero();
    assertThat(shape.out()).contains("58"); // 4 numbers × 8 + 8, 8 × 2 + 2
    Typed elsewhere =
        kiln("predict", "--model", place("rows"), "--data", "hdfs:/x", "--out", place("bad.csv"));
    refused(2, "--data: hdfs:/x names no host", elsewhere);
  }
}
