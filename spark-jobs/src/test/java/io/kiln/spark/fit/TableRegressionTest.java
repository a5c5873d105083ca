package io.kiln.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.Settings;
import io.kiln.nn.train.Evaluation;
import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.shards.ShardedTable;
import io.kiln.spark.shards.TableOptions;
import io.kiln.spark.shards.TableSource;
import io.kiln.spark.store.HadoopStorage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Numbers of tables are scaled as those of other data are, and compared with their mean. */
@Tag("spark")
class TableRegressionTest {
  private static final int ROWS = 4000;

  private static JavaSparkContext context;
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    context = TestSpark.start("local[2]");
    spark = SparkSession.builder().sparkContext(context.sc()).getOrCreate();
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  /** Prices far from zero; a second number of another size; a weight; every fifth row is a test. */
  private static Dataset<Row> prices() {
    return spark
        .range(ROWS)
        .selectExpr(
            "sin(id * 12.9898) as a",
            "cos(id * 78.233) as b",
            "200000 + 60000 * sin(id * 12.9898) - 9000 * cos(id * 78.233) + 500 * sin(id) as price",
            "7 + sin(id * 12.9898) as rooms",
            "cast(1 + id % 3 as double) as w",
            "case when id % 5 = 0 then 'test' when id % 5 = 1 then 'validation' else 'train' end as"
                + " part");
  }

  private static Map<String, Object> section(List<String> labels, Map<String, Object> more) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("features", List.of("a", "b"));
    data.put("label", labels);
    data.put("validation", Map.of("column", "part"));
    data.putAll(more);
    return data;
  }

  private static TableData data(Dataset<Row> table, Map<String, Object> section, RunConfig config)
      throws Exception {
    TableOptions options = TableOptions.of(Settings.of("data", section));
    return new TableData(
        ShardedTable.of(spark, TableSource.of(table, options), config.shards()), 1 << 30);
  }

  private static RunConfig config(String loss) {
    return RunConfig.of(
        Map.of(
            "name", "prices",
            "data", Map.of("format", "parquet", "path", "none", "label", "price"),
            "model", Map.of("type", "mlp", "hidden", 8),
            "loss", loss,
            "optimizer", Map.of("type", "adam", "learning-rate", 0.01),
            "train", Map.of("epochs", 1, "batch-size", 64),
            "cluster", Map.of("workers", 2)));
  }

  private static FitData.Guess guess(TableData data, RunConfig config) throws Exception {
    FitPlan plan = FitPlan.of(config, data.facts().spec(), 1, new HadoopStorage(), "/");
    data.check(plan);
    return Objects.requireNonNull(data.guess(plan));
  }

  private static List<double[]> rows(String part, String... columns) {
    List<double[]> rows = new ArrayList<>();
    for (Row row : prices().where("part = '" + part + "'").selectExpr(columns).collectAsList()) {
      double[] numbers = new double[columns.length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = row.getDouble(i);
      }
      rows.add(numbers);
    }
    return rows;
  }

  private static double mean(List<double[]> rows, int column) {
    return rows.stream().mapToDouble(row -> row[column]).average().orElseThrow();
  }

  @Test
  void theMeanIsJudgedAsTheRowsSay() throws Exception {
    TableData data = data(prices(), section(List.of("price"), Map.of()), config("mse"));
    double mean = mean(rows("train", "price"), 0);
    assertThat(data.table().plan().labelMeans()[0]).isCloseTo(mean, within(1e-9 * mean));
    FitData.Guess guess = guess(data, config("mse"));
    assertThat(guess.answer())
        .isEqualTo(String.format(java.util.Locale.ROOT, "the mean %.6g", mean));
    List<double[]> test = rows("test", "price");
    double own = mean(test, 0);
    double squares = 0;
    double absolutes = 0;
    double spread = 0;
    for (double[] row : test) {
      squares += Math.pow(row[0] - mean, 2);
      absolutes += Math.abs(row[0] - mean);
      spread += Math.pow(row[0] - own, 2);
    }
    Evaluation on = Objects.requireNonNull(guess.test());
    assertThat(on.errors().count()).isEqualTo(test.size());
    assertThat(on.rmse()).isCloseTo(Math.sqrt(squares / test.size()), within(0.01));
    assertThat(on.errors().mae()).isCloseTo(absolutes / test.size(), within(0.01));
    assertThat(on.errors().r2()).isCloseTo(1 - squares / spread, within(1e-6));
    assertThat(on.loss()).isCloseTo(squares / test.size(), within(1e-6 * on.loss()));
    Evaluation byAbsolutes = Objects.requireNonNull(guess(data, config("mae")).test());
    assertThat(byAbsolutes.loss()).isCloseTo(absolutes / test.size(), within(0.01));
    assertThat(guess.validation()).isNotNull();
  }

  @Test
  void weightsAndSeveralNumbersHaveTheirMeans() throws Exception {
    RunConfig config = config("mse");
    TableData data =
        data(prices(), section(List.of("price", "rooms"), Map.of("weight", "w")), config);
    List<double[]> train = rows("train", "price", "rooms", "w");
    double weight = train.stream().mapToDouble(row -> row[2]).sum();
    double[] means = new double[2];
    double variance = 0;
    for (int j = 0; j < 2; j++) {
      int column = j;
      means[j] = train.stream().mapToDouble(row -> row[2] * row[column]).sum() / weight;
      double center = means[j];
      variance +=
          train.stream().mapToDouble(row -> row[2] * Math.pow(row[column] - center, 2)).sum()
              / weight
              / 2;
      assertThat(data.table().plan().labelMeans()[j]).isCloseTo(center, within(1e-9 * center));
    }
    assertThat(data.facts().spec().scale().means())
        .containsExactly(data.table().plan().labelMeans()[0], data.table().plan().labelMeans()[1]);
    assertThat(data.facts().spec().scale().deviation())
        .isCloseTo(Math.sqrt(variance), within(1e-6));
    Evaluation on = Objects.requireNonNull(guess(data, config).test());
    double squares = 0;
    double all = 0;
    for (double[] row : rows("test", "price", "rooms", "w")) {
      squares += row[2] * (Math.pow(row[0] - means[0], 2) + Math.pow(row[1] - means[1], 2));
      all += 2 * row[2];
    }
    assertThat(on.loss()).isCloseTo(squares / all, within(1e-6 * on.loss()));
    // the same rows elsewhere give the same scale, and the fitted section gives it again
    TableData other =
        data(
            prices().repartition(7),
            section(List.of("price", "rooms"), Map.of("weight", "w")),
            config);
    assertThat(other.facts().spec()).isEqualTo(data.facts().spec());
    assertThat(other.facts().fitted()).isEqualTo(data.facts().fitted());
    assertThat(guess(other, config).test()).usingRecursiveComparison().isEqualTo(on);
    Map<String, Object> fitted = new LinkedHashMap<>(data.facts().fitted());
    fitted.put("weight", "w");
    TableData again =
        data(prices().where("a > 0"), section(List.of("price", "rooms"), fitted), config);
    assertThat(again.facts().spec()).isEqualTo(data.facts().spec());
  }

  @Test
  void numbersAreLeftAsTheyAreWhereThatIsAsked() throws Exception {
    TableData data =
        data(prices(), section(List.of("price"), Map.of("normalize-target", false)), config("mse"));
    assertThat(data.facts().spec().scale().deviation()).isEqualTo(1);
    assertThat(data.facts().spec().scale().mean()).isZero();
    assertThat(data.facts().fitted()).doesNotContainKey("target-mean");
    Evaluation on = Objects.requireNonNull(guess(data, config("mse")).test());
    assertThat(on.rmse()).isBetween(30_000.0, 60_000.0);
  }
}
