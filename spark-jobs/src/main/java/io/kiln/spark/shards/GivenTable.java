package io.kiln.spark.shards;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.io.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;

/**
 * Rows of Spark's for a model that is trained already: read with what was fitted then, in the
 * partitions that Spark gives them. The driver's side; {@link #form} goes to the tasks.
 */
public final class GivenTable {
  /** What a scoring needs of the rows. */
  public enum Use {
    /** Features only; labels need not be there. */
    PREDICT,
    /** Features, labels, and weights where there are any. */
    EVALUATE
  }

  private static final String WANTED = "__kiln_wanted";

  private final Dataset<Row> table;
  private final String where;
  private final RowForm form;
  private final boolean exact;
  private final List<String> notes;

  private GivenTable(
      Dataset<Row> table, String where, RowForm form, boolean exact, List<String> notes) {
    this.table = table;
    this.where = where;
    this.form = form;
    this.exact = exact;
    this.notes = List.copyOf(notes);
  }

  /**
   * The rows a data section describes.
   *
   * @param data what the model was trained with and what was fitted then, and over it what is asked
   *     for; keys that are not needed are passed over
   * @param spec samples of the model
   * @throws ConfigException if a setting cannot be used, or a column is missing
   * @throws FormatException if the rows are not of the kind that the model needs
   */
  public static GivenTable of(
      SparkSession spark, Map<String, Object> data, SampleSpec spec, Use use) throws IOException {
    Settings settings = Settings.of("data", data);
    TableSource.Read read = TableSource.read(spark, settings);
    List<String> notes = new ArrayList<>();
    TableOptions options = options(data, read, use, notes);
    TableColumns columns = TableColumns.of(read.table().schema(), options);
    TableEncoding encoding = encoding(settings, columns, spec, read.name());
    String where = settings.text("where", "");
    RowForm form =
        new RowForm(
            read.name(),
            new TableScan(columns, options.missing(), 0, 1),
            encoding,
            !where.isEmpty());
    boolean exact = settings.text("format").equals("json");
    GivenTable given = new GivenTable(read.table(), where, form, exact, notes);
    given.projected(); // finds what is wrong with the expression
    return given;
  }

  private static TableOptions options(
      Map<String, Object> data, TableSource.Read read, Use use, List<String> notes) {
    Map<String, Object> section = new LinkedHashMap<>(data);
    String validation = column(section.remove("validation"));
    String test = column(section.remove("test"));
    TableOptions asked = TableOptions.of(Settings.of("data", section));
    List<String> present = Arrays.asList(read.table().schema().fieldNames());
    List<String> label = asked.label();
    if (label.equals(List.of("none"))) {
      label = List.of();
    } else if (label.isEmpty() && String.valueOf(data.get("format")).equals("libsvm")) {
      label = List.of("label");
    }
    List<String> features = new ArrayList<>(asked.features());
    if (features.isEmpty()) {
      features.addAll(present);
      features.removeAll(label);
      features.removeAll(List.of(asked.weight(), validation, test));
    }
    boolean evaluates = use == Use.EVALUATE;
    if (evaluates && label.isEmpty()) {
      throw new ConfigException(
          "data.label: it is missing; name the column that answers are compared with");
    }
    String weight = evaluates ? asked.weight() : "";
    if (!weight.isEmpty() && !present.contains(weight)) {
      notes.add("there is no column '" + weight + "' of weights: all rows count alike");
      weight = "";
    }
    Set<String> categorical = new LinkedHashSet<>(asked.categorical());
    if (data.get("categories") instanceof Map<?, ?> known) {
      known.keySet().forEach(name -> categorical.add(String.valueOf(name)));
    }
    categorical.retainAll(features);
    return new TableOptions(
        features,
        evaluates ? label : List.of(),
        weight,
        Held.NOTHING,
        Held.NOTHING,
        new ArrayList<>(categorical),
        asked.normalize(),
        asked.missing(),
        asked.task(),
        asked.classNames(),
        asked.fitted(),
        asked.seed());
  }

  private static String column(@Nullable Object held) {
    return held instanceof Map<?, ?> section ? String.valueOf(section.get("column")) : "";
  }

  private static TableEncoding encoding(
      Settings data, TableColumns columns, SampleSpec spec, String name) throws FormatException {
    double[] mean = numbers(data, "mean");
    List<List<String>> categories = new ArrayList<>();
    Settings known = data.section("categories");
    int texts = 0;
    int[] widths = new int[columns.features().size()];
    List<Integer> given = data.integers("widths", List.of());
    for (int i = 0; i < widths.length; i++) {
      io.kiln.spark.shards.Column column = columns.features().get(i);
      boolean text = column.kind().isText();
      List<String> own = text ? known.texts(column.name(), List.of()) : List.of();
      if (text && own.isEmpty()) {
        throw new ConfigException(
            "data.categories: column '"
                + column.name()
                + "' has texts but the model was trained on none; give data of the same kind");
      }
      categories.add(new ArrayList<>(own));
      texts += own.size();
      widths[i] = given.size() == widths.length ? given.get(i) : 1;
    }
    int needed = spec.inputs().size() == 1 ? spec.inputs().get(0).count() : -1;
    if (columns.singleVector() && given.isEmpty()) {
      widths[0] = Math.max(needed, 0);
    }
    boolean sparse = data.flag("sparse", false) && columns.singleVector();
    List<String> classNames = data.texts("class-names", List.of());
    int targets = Math.max(1, spec.target().count());
    TableEncoding encoding =
        new TableEncoding(
            new ArrayList<>(columns.features()),
            widths,
            categories,
            sparse,
            numbers(data, "fill"),
            mean,
            numbers(data, "deviation"),
            new ArrayList<>(classNames),
            targets,
            classNames.isEmpty()
                ? TargetMoments.of(data, false, List.of(), targets)
                : TargetMoments.NONE);
    boolean plain = columns.singleVector() && mean.length == 0;
    if (encoding.width() != needed || (!plain && mean.length != needed)) {
      throw new FormatException(
          name,
          -1,
          "samples have "
              + encoding.width()
              + " numbers ("
              + widths.length
              + " columns, "
              + texts
              + " of their numbers for texts) but the model needs "
              + spec.inputs()
              + "; give data of the kind it was trained on");
    }
    return encoding;
  }

  private static double[] numbers(Settings data, String key) {
    return data.numbers(key, List.of()).stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** What messages call the table. */
  public String name() {
    return form.name();
  }

  /** What the user should know. */
  public List<String> notes() {
    return notes;
  }

  /** How tasks read the rows. */
  public RowForm form() {
    return form;
  }

  /**
   * The rows as samples, one {@link SampleRows} a partition, which the task that asks for it reads:
   * they stay in its JVM.
   */
  public JavaRDD<SampleRows> samples() {
    RowForm open = form;
    Columnar columnar = columnar();
    if (columnar != null) {
      int[] places = columnar.places();
      return columnar
          .scan()
          .executeColumnar()
          .toJavaRDD()
          .mapPartitionsWithIndex(
              (partition, batches) -> List.of(open.columns(batches, places, partition)).iterator(),
              true);
    }
    return Reading.rows(projected())
        .mapPartitionsWithIndex(
            (partition, rows) -> List.of(open.rows(rows, partition)).iterator(), true);
  }

  /** The scan that gives the features in columns, if that will do. */
  private @Nullable Columnar columnar() {
    List<io.kiln.spark.shards.Column> features = form.columns().features();
    if (!where.isEmpty()
        || form.columns().all().size() > features.size()
        || features.stream().anyMatch(c -> c.kind() != io.kiln.spark.shards.Column.Kind.NUMBER)) {
      return null;
    }
    Dataset<Row> own = table.select(cells());
    for (var field : own.schema().fields()) {
      if (!ColumnSamples.takes(field.dataType())) {
        return null;
      }
    }
    return Columnar.of(
        own, features.stream().map(io.kiln.spark.shards.Column::name).toList(), true);
  }

  /** The columns that are read, as they are in the table. */
  private Column[] cells() {
    return form.columns().all().stream()
        .map(column -> functions.col("`" + column.name().replace("`", "``") + "`"))
        .toArray(Column[]::new);
  }

  private Dataset<Row> projected() {
    if (where.isEmpty()) {
      return form.columns().project(table);
    }
    try {
      Column wanted = functions.expr(where).cast("boolean").as(WANTED);
      return form.columns().project(table, wanted);
    } catch (Exception e) { // Spark declares none of what it throws
      throw TableSource.wrong(where, e);
    }
  }

  /**
   * Counts the rows of every piece of every file, without reading more than that takes.
   *
   * @throws FormatException if they cannot be read
   */
  public RowCounts count() throws IOException {
    try {
      Column[] places = {
        functions.col("_metadata.file_path").as("file"),
        functions.col("_metadata.file_block_start").as("start")
      };
      Dataset<Row> rows = exact ? behind(places) : table.select(places);
      Columnar columnar = Columnar.of(rows, List.of("file_path", "file_block_start"), false);
      if (columnar == null) {
        return counted(Reading.rows(rows).mapPartitions(each -> RowCounts.count(each, true)));
      }
      int[] at = columnar.places();
      return counted(
          columnar
              .scan()
              .executeColumnar()
              .toJavaRDD()
              .mapPartitions(each -> RowCounts.count(each, at[0], at[1])));
    } catch (Exception e) { // Spark declares none of what it throws
      if (e instanceof AnalysisException) {
        return counted(
            Reading.rows(projected()).mapPartitions(each -> RowCounts.count(each, false)));
      }
      throw Reading.explained(name(), e);
    }
  }

  /** Lines of JSON are rows only once they are parsed. */
  private Dataset<Row> behind(Column[] places) {
    Column[] cells = cells();
    Column[] all = Arrays.copyOf(places, places.length + cells.length);
    System.arraycopy(cells, 0, all, places.length, cells.length);
    return table.select(all);
  }

  private RowCounts counted(JavaRDD<byte[]> counts) throws IOException {
    try {
      return RowCounts.of(counts.collect());
    } catch (Exception e) { // Spark declares none of what it throws
      throw Reading.explained(name(), e);
    }
  }

  /**
   * What an error of a job over the rows means; of a {@link BadRowException}, where the row stands.
   *
   * @param counts if they are known
   */
  public IOException explained(Throwable thrown, @Nullable RowCounts counts) throws IOException {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof BadRowException bad) {
        RowCounts known = counts == null ? count() : counts;
        String said = String.valueOf(bad.getMessage());
        int advice = said.indexOf("; ");
        String what = advice < 0 ? said : said.substring(0, advice);
        return new FormatException(
            name(),
            -1,
            what
                + ", in "
                + known.place(bad.partition(), bad.offset())
                + (advice < 0 ? TableScan.advice(said) : said.substring(advice)));
      }
    }
    return Reading.explained(name(), thrown);
  }
}
