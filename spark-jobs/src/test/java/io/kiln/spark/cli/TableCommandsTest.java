package io.kiln.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiln.spark.SparkDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiln train} on tables, from its words to exit code, message and files. */
@Tag("spark")
class TableCommandsTest {
  private static final String CONFIG =
      """
      name: table
      data:      {format: parquet, path: good, label: y, validation: 0.1, test: 0.1}
      model:     {type: mlp, hidden: [8]}
      optimizer: {type: adam, learning-rate: 0.01}
      train:     {epochs: 2, batch-size: 16}
      cluster:   {workers: 2}
      """;

  @TempDir Path folder;
  private String config = "";

  @BeforeEach
  void write() throws IOException {
    Path file = folder.resolve("table.yaml");
    Files.writeString(file, CONFIG);
    config = file.toString();
    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster("local[2]").setAppName("tables"))
            .set("spark.ui.enabled", "false");
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      String[] columns = {"sin(id) as a", "cos(id) as b", "if(sin(id) > 0.1, 1, 0) as y"};
      table(spark, 600, "good", columns);
      table(spark, 0, "empty", columns);
      table(spark, 3, "few", columns);
      table(spark, 200, "nulls", "if(id = 7, null, sin(id)) as a", "id % 2 as y");
      table(spark, 200, "nans", "if(id = 7, double('NaN'), sin(id)) as a", "id % 2 as y");
      table(spark, 200, "unlabelled", "sin(id) as a", "if(id = 7, null, id % 2) as y");
      table(spark, 200, "ragged", "if(id = 7, array(1), array(1, id)) as a", "id % 2 as y");
      table(spark, 200, "one", "sin(id) as a", "'x' as y");
      table(spark, 200, "maps", "sin(id) as a", "map('k', id) as y");
      table(spark, 200, "great", "if(id = 7, 1e300, id) as a", "id % 2 as y");
      table(
          spark,
          900,
          "prices",
          "sin(id) as a",
          "cos(id * 3) as b",
          "200000 + 60000 * sin(id) - 9000 * cos(id * 3) as y");
      table(spark, 200, "thirds", "sin(id) as a", "id % 3 as y");
    }
    Files.createDirectories(folder.resolve("damaged"));
    Files.writeString(folder.resolve("damaged/part-0.parquet"), "PAR1 this is none PAR1");
  }

  private void table(SparkSession spark, long rows, String name, String... columns) {
    spark.range(rows).selectExpr(columns).coalesce(1).write().parquet(place(name));
  }

  private String place(String name) {
    return folder.resolve(name).toString();
  }

  private Typed train(String out, String... more) {
    List<Object> words =
        new ArrayList<>(
            List.of("train", config, "--data", folder, "--out", place(out), "--master"));
    words.add("local[2]");
    words.addAll(List.of(more));
    return Typed.kiln(words.toArray());
  }

  private void refused(int code, String line, String... more) throws IOException {
    Typed said = train("bad", more);
    assertThat(said.err()).contains(line);
    assertThat(said.err().lines()).as(said.err()).hasSize(1);
    assertThat(said.code()).as(said.err()).isEqualTo(code);
    assertThat(folder.resolve("bad")).doesNotExist();
  }

  private void badTable(int code, String name, String line) throws IOException {
    refused(code, line, "--set", "data.path=" + name);
  }

  @Test
  void aTableTrainsAndTheReportSaysWhereItsRowsAre() throws IOException {
    Typed said = train("run");
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    JsonNode report =
        new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("run/report.json")));
    assertThat(report.path("status").asText()).isEqualTo("succeeded");
    assertThat(report.path("data").path("placement").asText()).isEqualTo("shard");
    assertThat(report.path("data").path("bytes_read")).hasSize(2);
    assertThat(report.path("data").path("bytes_read").get(0).asLong()).isPositive();
    assertThat(Files.readString(folder.resolve("run/report.html"))).contains("shard; bytes read");

    // The same again is done, and with more epochs it goes on.
    Typed done = train("run", "--resume=auto");
    assertThat(done.code()).as(done.err()).isZero();
    assertThat(done.out()).contains("the run is done");
    Typed more = train("run", "--resume", "--set", "train.epochs=4");
    assertThat(more.err()).isEmpty();
    Typed whole = train("whole", "--set", "train.epochs=4");
    assertThat(sha256(more)).isEqualTo(sha256(whole)).hasSize(64);
  }

  @Test
  void aRegressionOfATableReportsItsOwnUnits() throws IOException {
    Typed said =
        train(
            "run",
            "--set",
            "data.path=prices",
            "--set",
            "loss=mse",
            "--set",
            "train.epochs=20",
            "--set",
            "optimizer.learning-rate=0.02");
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("test rmse", "(always the mean ");
    JsonNode report =
        new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("run/report.json")));
    double rmse = report.path("test").path("rmse").asDouble();
    JsonNode always = report.path("baseline").path("test");
    assertThat(rmse).isBetween(10.0, 10_000.0);
    assertThat(report.path("test").path("loss").asDouble() / (rmse * rmse)).isBetween(0.999, 1.001);
    assertThat(report.path("test").path("r2").asDouble()).isGreaterThan(0.95);
    assertThat(always.path("rmse").asDouble()).isBetween(35_000.0, 50_000.0);
    assertThat(always.path("mae").asDouble()).isBetween(30_000.0, 45_000.0);

    // The model answers in the same units.
    Path rows = folder.resolve("rows.csv");
    Files.writeString(rows, "a,b,y\n1,0,260000\n0,1,191000\n-1,0,140000\n");
    Path out = folder.resolve("answers.csv");
    Typed predicted =
        Typed.kiln(
            "predict",
            "--model",
            place("run"),
            "--format",
            "csv",
            "--data",
            rows,
            "--out",
            out,
            "--master",
            "local[1]");
    assertThat(predicted.code()).as(predicted.err()).isZero();
    double first = Double.parseDouble(Files.readAllLines(out).get(1).split(",")[1]);
    assertThat(first).isBetween(245_000.0, 275_000.0);
  }

  private static String sha256(Typed said) {
    return said.out().replaceFirst("(?s).*weights ([0-9a-f]{64}).*", "$1");
  }

  @Test
  void badTablesEndInOneLineAndLeaveNothing() throws IOException {
    badTable(3, "nowhere", "nowhere is not there");
    badTable(2, "empty", "has no rows");
    refused(
        2,
        "rows to learn from but there are 8 virtual shards",
        "--set",
        "data.path=few",
        "--set",
        "cluster.virtual-shards=8");
    badTable(3, "nulls", "column 'a' has no value (null or NaN) in 1 row, first in ");
    badTable(3, "nans", "column 'a' has no value (null or NaN) in 1 row, first in ");
    badTable(3, "unlabelled", "column 'y' has no label (null or NaN) in 1 row");
    badTable(3, "ragged", "column 'a' has arrays or vectors of different lengths");
    badTable(2, "one", "all rows to learn from are of one class, 'x'");
    badTable(2, "maps", "column 'y' has cells of type map");
    badTable(3, "damaged", "damaged: it cannot be read: ");
    refused(2, "the table has no column 'z'", "--set", "data.label=z");
    refused(2, "data.labl: there is no such key", "--set", "data.labl=y");
    refused(2, "data.memory: 'much' came but", "--set", "data.memory=much");
    refused(
        2,
        "data.placement: replicate came but data of the format parquet",
        "--set",
        "data.placement=replicate");
    refused(
        3,
        "which is too large for float32",
        "--set",
        "data.path=great",
        "--set",
        "data.normalize=false");
    refused(
        2,
        "loss: binary-cross-entropy needs labels from 0 to 1 but 2.0 came",
        "--set",
        "data.path=thirds",
        "--set",
        "data.task=regression",
        "--set",
        "data.normalize-target=false",
        "--set",
        "loss=binary-cross-entropy");
    refused(
        2,
        "set data.normalize-target: false if labels say yes or no",
        "--set",
        "data.path=thirds",
        "--set",
        "data.task=regression",
        "--set",
        "loss=binary-cross-entropy");
    refused(
        2,
        "but none are held out",
        "--set",
        "data.validation=0",
        "--set",
        "train.early-stopping.patience=2");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .doesNotContain("spark-warehouse", "metastore_db");
    }
  }

  @Test
  void trialsOfASweepShareTheShardsOfATable() throws IOException {
    Path sweep = folder.resolve("sweep.yaml");
    Files.writeString(
        sweep,
        CONFIG
            + """
              sweep: {space: {optimizer.learning-rate: [0.01, 0.001], train.batch-size: [16, 64]}}
              """);
    Typed said =
        Typed.kiln(
            "sweep", sweep, "--data", folder, "--out", place("swept"), "--master", "local[2]");
    assertThat(said.code()).as(said.err()).isZero();
    JsonNode report =
        new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("swept/sweep.json")));
    assertThat(report.path("status").asText()).isEqualTo("succeeded");
    assertThat(report.path("trials")).hasSize(4);
    JsonNode best =
        new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("swept/best/report.json")));
    String id = report.path("best").path("id").asText();
    JsonNode trial =
        new ObjectMapper()
            .readTree(Files.readAllBytes(folder.resolve("swept/trials/" + id + "/report.json")));
    assertThat(best.path("data").path("placement").asText()).isEqualTo("shard");
    assertThat(best.path("environment").path("workers").asInt()).isEqualTo(2);
    // Trained again by two workers it is what the trial was by one.
    assertThat(best.path("history").path(1).path("validation_loss"))
        .isEqualTo(trial.path("history").path(1).path("validation_loss"));
  }
}
