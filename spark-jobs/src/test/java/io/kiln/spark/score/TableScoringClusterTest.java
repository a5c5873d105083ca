package io.kiln.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.layer.Network;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.zoo.Models;
import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.model.OutputReading;
import io.kiln.spark.shards.GivenTable;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables scored on two executor processes, which write their parts. */
@Tag("spark")
@Timeout(600)
class TableScoringClusterTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();
  private static final int ROWS = 2000;

  @TempDir static Path folder;

  private static JavaSparkContext spark;
  private static SparkSession session;
  private static final List<String> EXPECTED = new ArrayList<>();
  private static int right;

  @BeforeAll
  static void start() throws IOException {
    spark = TestSpark.start("local-cluster[2,1,1024]");
    session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
    // Pieces of unlike size: Spark reads the greatest first, whatever they are called.
    int[] ends = {0, 10, 700, 705, 1100, 1990, 1991, ROWS};
    for (int i = 0; i + 1 < ends.length; i++) {
      table(ends[i], ends[i + 1])
          .coalesce(1)
          .write()
          .mode(SaveMode.Append)
          .parquet(place("piece" + i));
      move("piece" + i, "pieces/part-" + i + ".parquet");
    }
    model();
    BatchScorer scorer = BatchScorer.read(STORAGE, place("model"));
    Pass pass = scorer.open(1);
    for (Row row : table(0, ROWS).collectAsList()) {
      double[] x = {(row.getDouble(0) - 0.5) / 2, row.getFloat(1), (row.getInt(2) - 3) / 2.0};
      pass.put(0, x);
      double[] both = pass.answers(1);
      int best = both[1] > both[0] ? 1 : 0;
      EXPECTED.add(
          EXPECTED.size() + 1 + "," + best + "," + (float) both[0] + "," + (float) both[1]);
      right += best == row.getInt(3) ? 1 : 0;
    }
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  private static String place(String name) {
    return folder.resolve(name).toString();
  }

  private static void move(String from, String to) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(from))) {
      Path part =
          files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.createDirectories(folder.resolve(to).getParent());
      Files.move(part, folder.resolve(to));
    }
  }

  private static org.apache.spark.sql.Dataset<Row> table(long from, long to) {
    return session
        .range(from, to)
        .selectExpr(
            "sin(id * 12.9898) as a",
            "cast(cos(id * 78.233) as float) as b",
            "cast(id % 7 as int) as c",
            "cast(id % 2 as int) as y");
  }

  private static void model() throws IOException {
    Map<String, Object> model = Map.of("type", "mlp", "hidden", List.of(6));
    Map<String, Object> loss = Map.of("type", "softmax-cross-entropy");
    SampleSpec spec = SampleSpec.classification(Shape.of(3), 2);
    Network network =
        Network.of(Models.from(Settings.of("model", model), spec), spec, DType.FLOAT32, 1);
    ModelFolder.write(STORAGE, place("model"), network, model, loss, data());
  }

  private static Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("format", "parquet");
    data.put("label", "y");
    data.put("features", List.of("a", "b", "c"));
    data.put("fill", List.of(0.5, 0.0, 3.0));
    data.put("mean", List.of(0.5, 0.0, 3.0));
    data.put("deviation", List.of(2.0, 1.0, 2.0));
    data.put("class-names", List.of("0", "1"));
    return data;
  }

  private interface Work<T> {
    T run(TableScoring scoring, Predictions predictions) throws IOException;
  }

  private static <T> T with(String path, GivenTable.Use use, Map<String, Object> more, Work<T> work)
      throws IOException {
    ModelFolder.Loaded loaded = ModelFolder.read(STORAGE, place("model"));
    Map<String, Object> data = new LinkedHashMap<>(loaded.data());
    data.put("path", place(path));
    data.putAll(more);
    GivenTable table = GivenTable.of(session, data, loaded.network().spec(), use);
    Predictions predictions =
        new Predictions(
            OutputReading.of(loaded),
            new ArrayList<>(List.of("0", "1")),
            new ArrayList<>(),
            "Prediction",
            0,
            true);
    try (TableScoring scoring = new TableScoring(session, STORAGE, place("model"), loaded, table)) {
      return work.run(scoring, predictions);
    }
  }

  private static List<String> csv(String path, Map<String, Object> more) throws IOException {
    Path out = folder.resolve("answers.csv");
    Files.deleteIfExists(out);
    long rows =
        with(
                path,
                GivenTable.Use.PREDICT,
                more,
                (scoring, predictions) -> scoring.csv(predictions, out.toString()))
            .rows();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines.get(0)).isEqualTo("Id,Category,p0,p1");
    assertThat(lines).hasSize((int) rows + 1);
    return lines.subList(1, lines.size());
  }

  @Test
  void everyRowIsAnsweredUnderItsPlace() throws IOException {
    assertThat(csv("pieces", Map.of())).isEqualTo(EXPECTED);
    // A filter is read row by row, not in columns: the same answers.
    assertThat(csv("pieces", Map.of("where", "c >= 0"))).isEqualTo(EXPECTED);

    with(
        "pieces",
        GivenTable.Use.PREDICT,
        Map.of(),
        (scoring, predictions) -> scoring.parquet(predictions, place("answers.parquet")));
    List<String> written =
        session.read().parquet(place("answers.parquet")).orderBy("Id").collectAsList().stream()
            .map(
                row -> {
                  List<Double> both = row.getList(2);
                  return row.getInt(0)
                      + ","
                      + row.getInt(1)
                      + ","
                      + both.get(0).floatValue()
                      + ","
                      + both.get(1).floatValue();
                })
            .toList();
    assertThat(written).isEqualTo(EXPECTED);

    TableScoring.Judged judged =
        with(
            "pieces",
            GivenTable.Use.EVALUATE,
            Map.of(),
            (scoring, predictions) -> scoring.evaluate(false));
    assertThat(judged.scored().rows()).isEqualTo(ROWS);
    assertThat(judged.evaluation().right()).isEqualTo(right);
    noPartsAreLeft();
  }

  @Test
  void missingCellsAreFilledDroppedOrNamedInColumnsAsInRows() throws IOException {
    table(0, 1200)
        .selectExpr("if(a > 0.9, null, a) as a", "if(c = 5, float('NaN'), b) as b", "c", "y")
        .write()
        .parquet(place("gaps"));
    for (String missing : List.of("mean", "drop")) {
      List<String> columns = csv("gaps", Map.of("missing", missing));
      if (missing.equals("mean")) {
        assertThat(columns).hasSize(1200);
      } else {
        assertThat(columns).hasSizeBetween(700, 1000);
      }
      assertThat(csv("gaps", Map.of("missing", missing, "where", "c >= 0"))).isEqualTo(columns);
    }
    for (Map<String, Object> more :
        List.<Map<String, Object>>of(Map.of(), Map.of("where", "c >= 0"))) {
      assertThatThrownBy(() -> csv("gaps", more))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("has no value (null or NaN), in file:")
          .hasMessageContaining(", row ");
    }
    noPartsAreLeft();
  }

  private static void noPartsAreLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.contains(".tmp") || name.contains(".parts"));
    }
  }
}
