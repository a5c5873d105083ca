package io.kiln.spark.shards;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Normalization;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.SpoolForm;
import io.kiln.nn.io.Digests;
import io.kiln.nn.tensor.Shape;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a table before any of its rows is moved: sizes of all shards, the encoding that
 * was fitted, the fingerprint. A function of the rows and the options; the same however the table
 * is stored.
 */
public final class TablePlan implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final TableScan scan;
  private final Deal deal;
  private final TableEncoding encoding;
  private final long[] counts;
  private final long[] checks;
  private final String fingerprint;
  private final long nonZero;
  private final ArrayList<String> notes;
  private final long[][] classCounts;
  private final double least;
  private final double greatest;
  private final @Nullable TableImage image;
  private final LinkedHashMap<String, Object> fittedOfImages = new LinkedHashMap<>();

  private TablePlan(
      String name,
      TableScan scan,
      Deal deal,
      TableEncoding encoding,
      TableStatistics statistics,
      @Nullable TableImage image,
      List<String> notes) {
    this.name = name;
    this.scan = scan;
    this.deal = deal;
    this.encoding = encoding;
    this.counts = statistics.counts;
    this.checks = statistics.checks;
    this.nonZero = statistics.nonZero;
    this.fingerprint = fingerprint(statistics);
    this.notes = new ArrayList<>(notes);
    this.classCounts = classCounts(encoding.classNames(), statistics);
    this.least = statistics.least;
    this.greatest = statistics.greatest;
    if (image != null && image.fits()) {
      Normalization learnt = Normalization.ofCounts(statistics.levels);
      fittedOfImages.putAll(TableImage.fitted(learnt));
      this.image = image.with(learnt);
    } else {
      this.image = image;
    }
  }

  private static long[][] classCounts(List<String> names, TableStatistics statistics) {
    long[][] counts = new long[Part.COUNT][names.size()];
    Map<String, long[]> rows = new HashMap<>();
    statistics.labelTexts.forEach((text, each) -> rows.put(text.toString(), each));
    statistics.labelNumbers.forEach((number, each) -> rows.put(Canonical.text(number), each));
    for (int c = 0; c < names.size(); c++) {
      long[] known = rows.getOrDefault(names.get(c), new long[Part.COUNT]);
      for (int part = 0; part < Part.COUNT; part++) {
        counts[part][c] = known[part];
      }
    }
    return counts;
  }

  /**
   * Reads the whole table once (with a count of rows to hold back three times) and plans.
   *
   * @param shards virtual shards V
   * @throws ConfigException if the table cannot be what the options say
   * @throws io.kiln.nn.io.FormatException if cells are missing or wrong; the message has the
   *     column, how many, and where the first is
   */
  public static TablePlan of(TableSource source, int shards) throws IOException {
    TableOptions options = source.options();
    TableColumns columns = TableColumns.of(source.table().schema(), options);
    TableScan scan = new TableScan(columns, options.missing(), options.seed(), shards);
    Deal deal = deal(source, scan);
    TableStatistics statistics = statistics(scan, source.name(), source.table(), deal, false);
    Dataset<Row> test = source.test();
    if (test != null) {
      TableColumns.of(test.schema(), options.whole());
      String name = source.name() + " (test)";
      statistics.add(statistics(scan, name, test, Deal.TRAIN, true), columns);
      refuse(scan, name, test, statistics);
    }
    return planned(source, scan, deal, statistics);
  }

  private static TablePlan planned(
      TableSource source, TableScan scan, Deal deal, TableStatistics statistics) {
    String name = source.name();
    long train = statistics.rows(Part.TRAIN);
    List<String> notes = new ArrayList<>();
    if (statistics.rows == 0) {
      throw new ConfigException(
          "data: "
              + name
              + " has no rows"
              + (statistics.dropped > 0
                  ? " but " + statistics.dropped + " with missing cells, which data.missing drops"
                  : "; give a table with rows, or correct data.where"));
    }
    if (train < scan.shards()) {
      throw new ConfigException(
          "data: "
              + name
              + " has "
              + train
              + " rows to learn from but there are "
              + scan.shards()
              + " virtual shards; set cluster.virtual-shards to "
              + Math.max(1, train)
              + " or less, or hold fewer rows back");
    }
    if (statistics.weighing == 0) {
      throw new ConfigException(
          "data.weight: of all "
              + train
              + " rows to learn from column '"
              + source.options().weight()
              + "' has weight 0; some must count");
    }
    if (statistics.dropped > 0) {
      notes.add(statistics.dropped + " rows with missing cells were left out");
    }
    TableEncoding encoding =
        TableEncoding.of(name, source.options(), scan.columns(), statistics, notes);
    return new TablePlan(name, scan, deal, encoding, statistics, source.options().image(), notes);
  }

  private static TableStatistics statistics(
      TableScan scan, String name, Dataset<Row> table, Deal deal, boolean allTest)
      throws IOException {
    TableStatistics statistics = scan.statistics(name, table, deal, allTest);
    refuse(scan, name, table, statistics);
    return statistics;
  }

  private static void refuse(
      TableScan scan, String name, Dataset<Row> table, TableStatistics statistics)
      throws IOException {
    if (!statistics.problems.isEmpty()) {
      Map.Entry<String, Long> first = statistics.problems.firstEntry();
      throw scan.error(name, table, first.getKey(), first.getValue());
    }
  }

  /** Fractions are places among all draws; for counts the draws must be counted. */
  private static Deal deal(TableSource source, TableScan scan) throws IOException {
    Held test = source.options().test();
    Held validation = source.options().validation();
    if (test.count() + validation.count() == 0) {
      long testEnd = Deal.end(0, test.fraction());
      if (test.fraction() + validation.fraction() >= 1) {
        throw new ConfigException(
            "data.validation: "
                + validation.fraction()
                + " and data.test "
                + test.fraction()
                + " of the rows came but some must be left to learn from");
      }
      return new Deal(testEnd, Deal.end(testEnd, validation.fraction()));
    }
    DrawCounts leading = scan.draws(source.name(), source.table(), -1);
    long testEnd =
        test.count() > 0 ? end(source, scan, leading, test.count()) : Deal.end(0, test.fraction());
    if (validation.count() == 0) {
      return new Deal(testEnd, Deal.end(testEnd, validation.fraction()));
    }
    long before = testEnd == 0 ? 0 : below(source, scan, leading, testEnd);
    return new Deal(testEnd, end(source, scan, leading, before + validation.count()));
  }

  private static long below(TableSource source, TableScan scan, DrawCounts leading, long end)
      throws IOException {
    long bits = DrawCounts.leading(end);
    return leading.below(bits) + scan.draws(source.name(), source.table(), bits).below(end);
  }

  /** The draw below which there are so many rows, or as many as equal rows allow. */
  private static long end(TableSource source, TableScan scan, DrawCounts leading, long rank)
      throws IOException {
    long bits = leading.passed(rank);
    if (bits < 0) {
      throw new ConfigException(
          "data.validation: "
              + rank
              + " rows are to be held back but "
              + source.name()
              + " has no more; leave some to learn from");
    }
    DrawCounts draws = scan.draws(source.name(), source.table(), bits);
    return draws.passed(rank - leading.below(bits));
  }

  /** What the rows are, 64 hex digits: equal for the same rows in any order. */
  private static String fingerprint(TableStatistics statistics) {
    MessageDigest digest = Digests.sha256();
    String text = statistics.rows + " " + statistics.high + " " + statistics.low;
    return Digests.hex(digest.digest(text.getBytes(StandardCharsets.US_ASCII)));
  }

  /** What messages call the table. */
  public String name() {
    return name;
  }

  /** Number of virtual shards. */
  public int shards() {
    return scan.shards();
  }

  /** Rows of every shard of a part. */
  public long[] sizes(Part part) {
    int from = part.partition(0, shards());
    return Arrays.copyOfRange(counts, from, from + shards());
  }

  /** Rows of a part. */
  public long rows(Part part) {
    return Arrays.stream(sizes(part)).sum();
  }

  /** Whether rows have weights. */
  public boolean weighted() {
    return !scan.columns().weight().isEmpty();
  }

  /** Rows of each class in a part; none for a regression. */
  public long[] classCounts(Part part) {
    return classCounts[part.place()].clone();
  }

  /** The least label that is a number: of classes their index. */
  public double leastLabel() {
    return encoding.classNames().isEmpty() ? least : 0;
  }

  /** The greatest label that is a number: of classes their index. */
  public double greatestLabel() {
    return encoding.classNames().isEmpty() ? greatest : encoding.classNames().size() - 1;
  }

  /** A hash of all rows that does not depend on their order, 64 hex digits. */
  public String fingerprint() {
    return fingerprint;
  }

  /** What the user should know. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** Shapes of one sample. */
  public SampleSpec spec() {
    return image == null ? rowSpec() : image.images(false).spec(rowSpec());
  }

  /**
   * The samples of rows that were spooled.
   *
   * @param part which part they are
   */
  ShardedSamples samples(Part part, ShardedSamples rows) {
    return image == null ? rows : image.images(part == Part.TRAIN).samples(rows);
  }

  /** Shapes of a row as it is spooled. */
  SampleSpec rowSpec() {
    int classes = encoding.classNames().size();
    return new SampleSpec(
        List.of(Shape.of(encoding.width())),
        encoding.targets() == 1 ? Shape.of() : Shape.of(encoding.targets()),
        classes,
        encoding.classNames(),
        encoding.numbers().scale());
  }

  /**
   * The mean of each number of the label over the rows that are learnt from, by their weights, in
   * the units of the data; none for classes and without a label.
   */
  public double[] labelMeans() {
    return encoding.numbers().means().clone();
  }

  /** What a spooled row is. */
  public SpoolForm form() {
    boolean weighted = weighted();
    return encoding.sparse()
        ? SpoolForm.sparse(
            encoding.width(), encoding.targets(), weighted, nonZero, Arrays.stream(counts).sum())
        : SpoolForm.dense(encoding.width(), encoding.targets(), weighted);
  }

  /**
   * What was learnt of the rows, as settings of the data section: put over that section, other
   * tables are read in the same way.
   */
  public Map<String, Object> fitted() {
    Map<String, Object> fitted = new LinkedHashMap<>(encoding.settings());
    fitted.put("features", encoding.columns().stream().map(Column::name).toList());
    fitted.put("widths", Arrays.stream(encoding.widths()).boxed().toList());
    if (encoding.sparse()) {
      fitted.put("sparse", true);
    }
    if (image != null) {
      fitted.keySet().removeAll(List.of("fill", "mean", "deviation"));
      fitted.putAll(fittedOfImages);
    }
    return fitted;
  }

  /** What two plans have in common whose spools are the same. */
  String id() {
    MessageDigest digest = Digests.sha256();
    Map<String, Object> all = new LinkedHashMap<>(encoding.settings());
    all.put("form", form().toString());
    all.put("counts", Arrays.toString(counts));
    all.put("checks", Arrays.toString(checks));
    all.put("fingerprint", fingerprint);
    return Digests.hex(digest.digest(all.toString().getBytes(StandardCharsets.UTF_8)))
        .substring(0, 32);
  }

  TableScan scan() {
    return scan;
  }

  Deal deal() {
    return deal;
  }

  TableEncoding encoding() {
    return encoding;
  }

  /** What the keys of a shard of a part add up to. */
  long check(int partition) {
    return checks[partition];
  }
}
