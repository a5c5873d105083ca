package io.kiln.spark.train;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the numbers of a table's sample back into what stood in the table. */
final class TableRow {
  private static final MathContext DIGITS = new MathContext(5);

  /** Columns that a person would still look at. */
  private static final int MOST_COLUMNS = 24;

  private record Column(String name, int at, List<String> texts) {}

  private final List<Column> columns;
  private final List<Double> mean;
  private final List<Double> deviation;

  private TableRow(List<Column> columns, List<Double> mean, List<Double> deviation) {
    this.columns = columns;
    this.mean = mean;
    this.deviation = deviation;
  }

  /** From what was fitted on a table; null if it was none, or its columns are not plain. */
  static @Nullable TableRow of(Map<String, Object> fitted) {
    if (!(fitted.get("features") instanceof List<?> features)
        || !(fitted.get("mean") instanceof List<?> mean)
        || !(fitted.get("deviation") instanceof List<?> deviation)) {
      return null;
    }
    Map<?, ?> categories = fitted.get("categories") instanceof Map<?, ?> map ? map : Map.of();
    List<?> widths = fitted.get("widths") instanceof List<?> list ? list : List.of();
    List<Column> columns = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < features.size(); i++) {
      String name = String.valueOf(features.get(i));
      List<String> texts =
          categories.get(features.get(i)) instanceof List<?> list
              ? list.stream().map(String::valueOf).toList()
              : List.of();
      int width = i < widths.size() && widths.get(i) instanceof Number n ? n.intValue() : 1;
      if (texts.isEmpty() && width != 1) {
        return null;
      }
      columns.add(new Column(name, at, texts));
      at += texts.isEmpty() ? 1 : texts.size();
    }
    List<Double> means = numbers(mean);
    List<Double> deviations = numbers(deviation);
    return at == means.size() && at == deviations.size()
        ? new TableRow(
            List.copyOf(columns.subList(0, Math.min(MOST_COLUMNS, columns.size()))),
            means,
            deviations)
        : null;
  }

  private static List<Double> numbers(List<?> values) {
    return values.stream()
        .map(value -> value instanceof Number number ? number.doubleValue() : Double.NaN)
        .toList();
  }

  /** Names of the columns. */
  List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** What stood in the columns; nothing for those whose numbers were cut off. */
  List<String> texts(float[] sample) {
    List<String> texts = new ArrayList<>();
    for (Column column : columns) {
      if (column.at() + Math.max(1, column.texts().size()) > sample.length) {
        texts.add("…");
      } else if (column.texts().isEmpty()) {
        double value = mean.get(column.at()) + deviation.get(column.at()) * sample[column.at()];
        texts.add(
            Double.isFinite(value)
                ? new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString()
                : "?");
      } else {
        texts.add(text(column, sample));
      }
    }
    return texts;
  }

  private String text(Column column, float[] sample) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < column.texts().size(); i++) {
      int at = column.at() + i;
      double value = mean.get(at) + deviation.get(at) * sample[at];
      if (value > most) {
        most = value;
        best = i;
      }
    }
    return most > 0.5 ? column.texts().get(best) : "";
  }
}
