package io.kiln.spark.shards;

import io.kiln.nn.data.TargetScale;
import io.kiln.nn.io.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.unsafe.types.UTF8String;

/** Writes rows that were read as a spool has them. One thread's. */
final class RowEncoder {
  private final String table;
  private final TableColumns columns;
  private final TableEncoding encoding;
  private final List<Map<UTF8String, Integer>> places = new ArrayList<>();
  private final Map<UTF8String, Integer> classTexts = new HashMap<>();
  private final Map<Double, Integer> classNumbers = new HashMap<>();
  private final TargetScale scale;
  private final int tail;
  private final String advice;
  private byte[] written = new byte[0];
  private ByteBuffer bytes = ByteBuffer.wrap(written);

  /** Of rows that were planned: what does not fit has changed since. */
  RowEncoder(String table, TableColumns columns, TableEncoding encoding) {
    this(
        table,
        columns,
        encoding,
        ": the table has changed since it was read first; write it to files, or cache it");
  }

  /** Of rows that are seen for the first time, for a model that is trained already. */
  static RowEncoder given(String table, TableColumns columns, TableEncoding encoding) {
    return new RowEncoder(
        table, columns, encoding, "; give data of the kind the model was trained on");
  }

  private RowEncoder(String table, TableColumns columns, TableEncoding encoding, String advice) {
    this.table = table;
    this.advice = advice;
    this.columns = columns;
    this.encoding = encoding;
    this.scale = encoding.numbers().scale();
    for (List<String> texts : encoding.categories()) {
      Map<UTF8String, Integer> place = new HashMap<>();
      for (String text : texts) {
        place.put(UTF8String.fromString(text), place.size());
      }
      places.add(place);
    }
    for (String name : encoding.classNames()) {
      int index = classTexts.size();
      classTexts.put(UTF8String.fromString(name), index);
      if (TableOptions.isNumber(name)) {
        classNumbers.put(Canonical.of(Double.parseDouble(name)), index);
      }
    }
    this.tail = (encoding.targets() + (columns.weight().isEmpty() ? 0 : 1)) * Float.BYTES;
    if (!encoding.sparse()) {
      room(encoding.width() * Float.BYTES + tail);
    }
  }

  private void room(int count) {
    written = new byte[count];
    bytes = ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The row in the form of a spool; the array may be written again by the next call. */
  byte[] encode(RowReader row) throws FormatException {
    if (encoding.sparse()) {
      sparse(row);
    } else {
      bytes.clear();
      if (row.wide) {
        wide(row);
      } else {
        dense(row);
      }
    }
    if (encoding.classNames().isEmpty()) {
      for (int i = 0; i < encoding.targets(); i++) {
        put(i < row.labels ? scale.target(i, row.y[i]) : 0, "the label");
      }
    } else {
      bytes.putFloat(classOf(row));
    }
    if (!columns.weight().isEmpty()) {
      put(row.weight, "the weight");
    }
    return written;
  }

  private void sparse(RowReader row) throws FormatException {
    if (!row.wide || row.widths[0] != encoding.widths()[0]) {
      throw unlike(
          "column '"
              + columns.features().get(0).name()
              + "' has a vector of "
              + row.widths[0]
              + " numbers but "
              + encoding.widths()[0]
              + " are needed");
    }
    room(Integer.BYTES + row.count * 2 * Integer.BYTES + tail);
    bytes.putInt(row.count);
    for (int i = 0; i < row.count; i++) {
      bytes.putInt(row.indices[i]);
    }
    for (int i = 0; i < row.count; i++) {
      put(row.x[i], columns.features().get(0).name());
    }
  }

  private void wide(RowReader row) throws FormatException {
    String column = columns.features().get(0).name();
    if (row.widths[0] != encoding.widths()[0]) {
      throw unlike(
          "column '"
              + column
              + "' has a vector of "
              + row.widths[0]
              + " numbers but "
              + encoding.widths()[0]
              + " are needed");
    }
    boolean shifted = encoding.mean().length > 0;
    Arrays.fill(written, (byte) 0);
    for (int i = 0; shifted && i < encoding.width(); i++) {
      put(-encoding.mean()[i] / encoding.deviation()[i], column);
    }
    for (int i = 0; i < row.count; i++) {
      int at = row.indices[i];
      bytes.position(at * Float.BYTES);
      put(shifted ? (row.x[i] - encoding.mean()[at]) / encoding.deviation()[at] : row.x[i], column);
    }
    bytes.position(encoding.width() * Float.BYTES);
  }

  private void dense(RowReader row) throws FormatException {
    int from = 0;
    int to = 0;
    for (int i = 0; i < row.widths.length; i++) {
      Column column = columns.features().get(i);
      if (row.widths[i] != encoding.widths()[i]) {
        throw unlike(
            "column '"
                + column.name()
                + "' has "
                + row.widths[i]
                + " numbers but "
                + encoding.widths()[i]
                + " are needed");
      }
      if (column.kind().isText()) {
        to += category(column, i, row, to);
        from++;
        continue;
      }
      for (int j = 0; j < row.widths[i]; j++) {
        double value = row.x[from];
        double there = Double.isNaN(value) ? encoding.fill()[from] : value;
        put((there - encoding.mean()[to]) / encoding.deviation()[to], column.name());
        from++;
        to++;
      }
    }
  }

  private int category(Column column, int i, RowReader row, int to) throws FormatException {
    int count = encoding.categories().get(i).size();
    UTF8String text = row.texts[i];
    Integer place = text == null ? Integer.valueOf(-1) : places.get(i).get(text);
    if (place == null) {
      throw new FormatException(
          table,
          -1,
          "column '"
              + column.name()
              + "' has '"
              + text
              + "' but in training it had "
              + String.join(", ", encoding.categories().get(i)));
    }
    for (int j = 0; j < count; j++) {
      double value = j == place ? 1 : 0;
      put((value - encoding.mean()[to + j]) / encoding.deviation()[to + j], column.name());
    }
    return count;
  }

  private float classOf(RowReader row) throws FormatException {
    if (row.labels == 0 && row.labelText == null) {
      return 0;
    }
    Integer index =
        row.labelText != null ? classTexts.get(row.labelText) : classNumbers.get(row.y[0]);
    if (index == null) {
      throw unlike(
          "label '"
              + (row.labelText != null ? row.labelText : Canonical.text(row.y[0]))
              + "' came but classes are "
              + String.join(", ", encoding.classNames()));
    }
    return index;
  }

  private void put(double value, String column) throws FormatException {
    float number = (float) value;
    if (!Float.isFinite(number)) {
      throw new FormatException(
          table, -1, "column '" + column + "' has " + value + ", which is too large for float32");
    }
    bytes.putFloat(number);
  }

  /** The row is not as those that were planned for, or learnt from. */
  private FormatException unlike(String what) {
    return new FormatException(table, -1, what + advice);
  }
}
