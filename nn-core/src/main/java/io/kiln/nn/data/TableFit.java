package io.kiln.nn.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What is fitted on the training rows of a table, in doubles around the first number of a column: a
 * column far from zero (seconds since 1970, ids) keeps all its digits.
 */
final class TableFit {
  /** Rows, and cells of a wide table, in which numbers that become one are looked for. */
  private static final int MOST_ROWS = 100_000;

  private static final int MOST_CELLS = 5_000_000;
  private static final int LEAST_ROWS = 100;

  /** A column is reported if less than this share of its different numbers stay different. */
  private static final double LEAST_KEPT = 0.9;

  /** From here on doubles are further apart than whole numbers. */
  private static final double WHOLE = 1L << 53;

  private static final int MOST_NAMED = 10;

  private TableFit() {}

  /** The mean of each column of numbers, for those that are missing; 0 for columns of texts. */
  static List<Double> fill(Table table, Map<String, List<String>> categories, int[] rows) {
    List<Double> fill = new ArrayList<>();
    for (int column = 0; column < table.columns().size(); column++) {
      double first = Double.NaN;
      double sum = 0;
      int count = 0;
      if (!categories.containsKey(table.columns().get(column))) {
        for (int row : rows) {
          double value = table.feature(row, column);
          if (!Double.isNaN(value)) {
            first = count == 0 ? value : first;
            sum += value - first;
            count++;
          }
        }
      }
      fill.add(count == 0 ? 0.0 : first + sum / count);
    }
    return List.copyOf(fill);
  }

  /** Mean and deviation of each column of numbers; columns of texts stay 0 and 1. */
  static Normalization normalization(Table table, TableEncoding encoding, int[] rows) {
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (int column = 0; column < encoding.columns().size(); column++) {
      List<String> texts = encoding.categories().get(encoding.columns().get(column));
      if (texts != null) {
        means.addAll(Collections.nCopies(texts.size(), 0.0));
        deviations.addAll(Collections.nCopies(texts.size(), 1.0));
        continue;
      }
      double filling = encoding.fill().get(column);
      double first = rows.length == 0 ? 0 : filled(table.feature(rows[0], column), filling);
      double sum = 0;
      for (int row : rows) {
        sum += filled(table.feature(row, column), filling) - first;
      }
      double shift = sum / Math.max(1, rows.length);
      double squares = 0;
      boolean constant = true;
      for (int row : rows) {
        double value = filled(table.feature(row, column), filling);
        double distance = value - first - shift;
        squares += distance * distance;
        constant &= value == first;
      }
      double deviation = Math.sqrt(squares / Math.max(1, rows.length));
      means.add(constant ? first : first + shift);
      deviations.add(!constant && deviation > 0 ? deviation : 1.0);
    }
    return new Normalization(means, deviations);
  }

  private static double filled(double value, double filling) {
    return Double.isNaN(value) ? filling : value;
  }

  /** Columns whose different numbers become one, as notes. */
  static List<String> collapsed(Table table, TableEncoding encoding, int[] rows) {
    List<String> notes = new ArrayList<>();
    int affordable = Math.max(LEAST_ROWS, MOST_CELLS / Math.max(1, encoding.columns().size()));
    int n = Math.min(rows.length, Math.min(MOST_ROWS, affordable));
    double[] values = new double[n];
    int at = 0;
    for (int column = 0; column < encoding.columns().size(); column++) {
      String name = encoding.columns().get(column);
      List<String> texts = encoding.categories().get(name);
      double filling = encoding.fill().get(column);
      double largest = 0;
      boolean exact = true;
      for (int i = 0; texts == null && i < n; i++) {
        values[i] = filled(table.feature(rows[i], column), filling);
        largest = Math.max(largest, Math.abs(values[i]));
        exact &= values[i] == (float) values[i];
      }
      double mean = encoding.normalization().mean().get(at);
      double deviation = encoding.normalization().deviation().get(at);
      if (texts == null && largest > WHOLE) {
        notes.add(
            "column '"
                + name
                + "' has numbers beyond 2^53, where whole numbers next to each other become one;"
                + " if it numbers the rows, pass over it with data.drop, or take it as texts with"
                + " data.categorical");
      } else if (texts == null && !(exact && mean == 0 && deviation == 1)) {
        collapsed(name, values, mean, deviation, notes);
      }
      at += texts == null ? 1 : texts.size();
    }
    return notes;
  }

  private static void collapsed(
      String name, double[] values, double mean, double deviation, List<String> notes) {
    Arrays.sort(values);
    int different = values.length == 0 ? 0 : 1;
    int kept = different;
    for (int i = 1; i < values.length; i++) {
      boolean other = values[i] != values[i - 1];
      different += other ? 1 : 0;
      kept +=
          other
                  && (float) ((values[i] - mean) / deviation)
                      != (float) ((values[i - 1] - mean) / deviation)
              ? 1
              : 0;
    }
    if (kept < LEAST_KEPT * different) {
      notes.add(
          "column '"
              + name
              + "' has "
              + different
              + " different numbers, of which float32 keeps "
              + kept
              + " apart; "
              + (mean == 0 && deviation == 1 ? "set data.normalize: true or " : "scale it, or set ")
              + "train.precision: float64");
    }
  }

  /** Which rows were left out, as a note. */
  static String left(Table table) {
    List<String> places = new ArrayList<>();
    int expected = 1;
    int left = table.given() - table.rows();
    for (int row = 0; row <= table.rows(); row++) {
      int place = row == table.rows() ? table.given() + 1 : table.place(row);
      for (; expected < place && places.size() <= MOST_NAMED; expected++) {
        places.add(Integer.toString(expected));
      }
      expected = place + 1;
    }
    boolean more = left > MOST_NAMED;
    return left
        + (left == 1 ? " row was" : " rows were")
        + " left out, for a value is missing there (row "
        + String.join(", ", places.subList(0, Math.min(MOST_NAMED, places.size())))
        + (more ? " and more" : "")
        + "); the others keep their numbers";
  }
}
