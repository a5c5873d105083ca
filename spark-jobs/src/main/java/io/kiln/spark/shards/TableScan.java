package io.kiln.spark.shards;

import io.kiln.nn.io.FormatException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Walks over all rows of a table on the executors.
 *
 * @param columns what is read
 * @param missing {@code error}, {@code mean} or {@code drop}
 * @param seed of keys
 * @param shards V
 */
record TableScan(TableColumns columns, String missing, long seed, int shards)
    implements Serializable {
  /** Statistics of a table of which every row is dealt so. */
  TableStatistics statistics(String name, Dataset<Row> table, Deal deal, boolean allTest)
      throws IOException {
    int count = columns.features().size();
    TableScan scan = this;
    byte[] sum =
        Reading.sum(
            name,
            Reading.rows(columns.project(table)),
            rows -> List.of(scan.part(rows, deal, allTest).bytes()).iterator(),
            (a, b) -> {
              TableStatistics one = TableStatistics.of(a, scan.shards, count);
              one.add(TableStatistics.of(b, scan.shards, count), scan.columns);
              return one.bytes();
            });
    return TableStatistics.of(sum, shards, count);
  }

  private TableStatistics part(Iterator<InternalRow> rows, Deal deal, boolean allTest) {
    TableStatistics statistics = new TableStatistics(shards, columns.features().size());
    RowReader row = new RowReader(columns);
    RowKey key = new RowKey(seed);
    while (rows.hasNext()) {
      row.read(rows.next());
      String problem = problem(row);
      if (!problem.isEmpty()) {
        statistics.problem(problem);
      } else if (isDropped(row)) {
        statistics.dropped++;
      } else {
        row.hash(key);
        statistics.add(row, key, allTest ? Part.TEST : deal.part(row, key), columns);
      }
    }
    return statistics;
  }

  /** Whether a row is passed over. */
  boolean isDropped(RowReader row) {
    return row.missing && missing.equals("drop");
  }

  /** What is wrong with a row, or empty. */
  String problem(RowReader row) {
    if (!row.problem.isEmpty() || !row.missing || missing.equals("drop")) {
      return row.problem;
    }
    boolean ofLabel = columns.label().stream().anyMatch(c -> c.name().equals(row.missingIn));
    if (ofLabel || hasMissingLabel(row)) {
      String name = ofLabel ? row.missingIn : columns.label().get(0).name();
      return "column '" + name + "' has no label (null or NaN)";
    }
    if (missing.equals("error") || row.wide) {
      return "column '" + row.missingIn + "' has no value (null or NaN)";
    }
    return "";
  }

  private static boolean hasMissingLabel(RowReader row) {
    for (int i = 0; i < row.labels; i++) {
      if (Double.isNaN(row.y[i]) && row.labelText == null) {
        return true;
      }
    }
    return false;
  }

  /** How many rows there are for each value of their draws; only rows that no column deals. */
  DrawCounts draws(String name, Dataset<Row> table, long leading) throws IOException {
    TableScan scan = this;
    byte[] sum =
        Reading.sum(
            name,
            Reading.rows(columns.project(table)),
            rows -> List.of(scan.drawsOf(rows, leading).bytes()).iterator(),
            (a, b) -> {
              DrawCounts one = DrawCounts.of(a);
              one.add(DrawCounts.of(b));
              return one.bytes();
            });
    return DrawCounts.of(sum);
  }

  private DrawCounts drawsOf(Iterator<InternalRow> rows, long leading) {
    DrawCounts counts = new DrawCounts();
    RowReader row = new RowReader(columns);
    RowKey key = new RowKey(seed);
    while (rows.hasNext()) {
      row.read(rows.next());
      if (row.part == Part.TRAIN && problem(row).isEmpty() && !isDropped(row)) {
        row.hash(key);
        long draw = key.draw();
        if (leading < 0) {
          counts.add(DrawCounts.leading(draw));
        } else if (DrawCounts.leading(draw) == leading) {
          counts.add(draw);
        }
      }
    }
    return counts;
  }

  /** What is said of a column whose cells have different lengths. */
  static String lengths(String column) {
    return "column '" + column + "' has arrays or vectors of different lengths";
  }

  /** A question to a row that has been read. */
  private interface Asked extends Serializable {
    boolean of(RowReader row);
  }

  /**
   * The error that a problem is: how many rows have it, and where the first one is. The table is
   * read once more for that.
   */
  FormatException error(String name, Dataset<Row> table, String problem, long rows) {
    for (int i = -1; i < columns.features().size(); i++) {
      int column = i;
      boolean labels = i < 0 && !columns.label().isEmpty();
      if ((labels && problem.equals(lengths(columns.label().get(0).name())))
          || (i >= 0 && problem.equals(lengths(columns.features().get(i).name())))) {
        return lengthsError(
            name, table, problem, row -> column < 0 ? row.labels : row.widths[column]);
      }
    }
    TableScan scan = this;
    String place = place(table, row -> scan.problem(row).equals(problem));
    return new FormatException(
        name,
        -1,
        problem + " in " + rows + (rows == 1 ? " row" : " rows") + place + advice(problem));
  }

  /** What to do about a problem. */
  static String advice(String problem) {
    return problem.endsWith("has no value (null or NaN)")
        ? "; set data.missing to mean or drop, or fill it"
        : "; correct the table, or leave such rows out with data.where";
  }

  /** Numbers of a cell of a row that has been read. */
  private interface Length extends Serializable {
    int of(RowReader row);
  }

  private FormatException lengthsError(
      String name, Dataset<Row> table, String problem, Length length) {
    TableScan scan = this;
    String more = "";
    try {
      CellLengths found =
          CellLengths.of(
              Reading.sum(
                  name,
                  Reading.rows(columns.project(table)),
                  rows -> List.of(scan.lengthsOf(rows, length).bytes()).iterator(),
                  (a, b) -> CellLengths.of(a).plus(CellLengths.of(b)).bytes()));
      int rare = found.rarest();
      more =
          found.text() + place(table, row -> scan.problem(row).isEmpty() && length.of(row) == rare);
    } catch (IOException e) {
      // the problem is said all the same
    }
    return new FormatException(
        name, -1, problem + more + "; correct the table, or leave such rows out with data.where");
  }

  private CellLengths lengthsOf(Iterator<InternalRow> rows, Length length) {
    CellLengths lengths = new CellLengths();
    RowReader row = new RowReader(columns);
    while (rows.hasNext()) {
      row.read(rows.next());
      if (problem(row).isEmpty() && !isDropped(row)) {
        lengths.add(length.of(row), 1);
      }
    }
    return lengths;
  }

  private String place(Dataset<Row> table, Asked asked) {
    for (RowPlace.Way way : RowPlace.Way.values()) {
      Optional<RowPlace> found = place(table, asked, way);
      if (found.isPresent()) {
        return found.get().text();
      }
    }
    return "";
  }

  /** The first row of which it is true; nothing if the table does not know that of its rows. */
  private Optional<RowPlace> place(Dataset<Row> table, Asked asked, RowPlace.Way way) {
    TableScan scan = this;
    try {
      byte[] first =
          Reading.sum(
              "",
              Reading.rows(columns.project(table, way.columns())),
              rows -> List.of(scan.first(rows, asked, way).bytes()).iterator(),
              (a, b) -> RowPlace.of(a).first(RowPlace.of(b)).bytes());
      return Optional.of(RowPlace.of(first));
    } catch (Exception e) { // Spark declares none of what it throws
      return Optional.empty();
    }
  }

  private RowPlace first(Iterator<InternalRow> rows, Asked asked, RowPlace.Way way) {
    RowReader row = new RowReader(columns);
    RowPlace first = RowPlace.NONE;
    int from = columns.all().size();
    while (rows.hasNext()) {
      InternalRow each = rows.next();
      row.read(each);
      if (asked.of(row)) {
        first = first.first(way.place(each, from, columns));
      }
    }
    return first;
  }
}
