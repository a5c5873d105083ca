package io.kiln.spark.shards;

import io.kiln.nn.data.ImageFiles;
import io.kiln.nn.data.PackedImages;
import io.kiln.nn.io.FormatException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * Takes a row of a table apart: numbers in canonical form, texts, label, weight, part. What it
 * found is in its fields until the next row. One thread's.
 *
 * <p>Vectors that are {@link #wide} keep their non-zero numbers only.
 */
final class RowReader {
  /** Vectors of so many numbers are kept sparse while they are read. */
  static final int WIDE = 4096;

  /** Longer texts are no categories. */
  private static final int LONGEST_TEXT = 1 << 16;

  /** More numbers in a cell than this would be 1 GiB. */
  private static final int LONGEST_CELL = 1 << 28;

  /** Labels are no longer than this. */
  private static final int LONGEST_LABEL = 1 << 20;

  private static final int FIELDS = 4;

  private final TableColumns columns;
  private final boolean singleVector;

  /** Numbers of all feature columns one after another; NaN where one is missing, or of texts. */
  double[] x = new double[64];

  /** How many numbers each column of features has in this row; 1 for texts. */
  final int[] widths;

  /** Texts of the columns of texts, null where one is missing. */
  final @Nullable UTF8String[] texts;

  /** Of a wide vector: where its non-zero numbers are. */
  int[] indices = new int[64];

  /** How many of {@link #x} are in use: all, or of a wide vector the non-zero ones. */
  int count;

  /** Of an image: red, green and blue planes of bytes. */
  byte[] planes = new byte[0];

  /** Whether this row is a wide vector. */
  boolean wide;

  /** Numbers that are not zero. */
  int nonZero;

  /** Numbers of the label. */
  double[] y = new double[1];

  /** How many there are. */
  int labels;

  /** The label, if it is a text. */
  @Nullable UTF8String labelText;

  double weight;

  /** The part the row says it is in. */
  Part part = Part.TRAIN;

  /** Whether any feature or label is missing. */
  boolean missing;

  /** What is wrong with the row whatever is done about missing cells, or empty. */
  String problem = "";

  /** The first column with a missing cell, or empty. */
  String missingIn = "";

  RowReader(TableColumns columns) {
    this.columns = columns;
    this.singleVector = columns.singleVector();
    this.widths = new int[columns.features().size()];
    this.texts = new @Nullable UTF8String[columns.features().size()];
  }

  void read(InternalRow row) {
    count = 0;
    nonZero = 0;
    labels = 0;
    wide = false;
    missing = false;
    missingIn = "";
    problem = "";
    labelText = null;
    List<Column> features = columns.features();
    for (int i = 0; i < features.size(); i++) {
      Column column = features.get(i);
      int before = count;
      texts[i] = null;
      switch (column.kind()) {
        case NUMBER -> number(column, row.isNullAt(column.at()), row);
        case NUMBERS -> cells(column, row);
        case VECTOR -> vector(column, row);
        case IMAGE -> image(column, row);
        case TEXT, CODE -> {
          texts[i] = text(column, row);
          add(Double.NaN);
        }
      }
      widths[i] = wide ? widths[i] : count - before;
    }
    label(row);
    weight = columns.weight().isEmpty() ? 1 : weight(columns.weight().get(0), row);
    part = Part.TRAIN;
    if (!columns.validation().isEmpty()) {
      part = part(columns.validation().get(0), row, Part.VALIDATION);
    }
    if (!columns.test().isEmpty() && part == Part.TRAIN) {
      part = part(columns.test().get(0), row, Part.TEST);
    }
  }

  private void add(double value) {
    if (count == x.length) {
      x = Arrays.copyOf(x, count * 2);
    }
    x[count++] = value;
  }

  private void number(Column column, boolean absent, InternalRow row) {
    double value = absent ? Double.NaN : row.getDouble(column.at());
    add(checked(column, value));
  }

  /** The canonical number; what is missing or infinite is noted. */
  private double checked(Column column, double value) {
    if (Double.isNaN(value)) {
      missing(column);
      return Double.NaN;
    }
    if (Double.isInfinite(value)) {
      trouble(column, "is infinite");
      return 0;
    }
    double canonical = Canonical.of(value);
    if (canonical != 0) {
      nonZero++;
    }
    return canonical;
  }

  private void missing(Column column) {
    if (!missing) {
      missing = true;
      missingIn = column.name();
    }
  }

  private void trouble(Column column, String what) {
    if (problem.isEmpty()) {
      problem = "column '" + column.name() + "' " + what;
    }
  }

  private void cells(Column column, InternalRow row) {
    if (row.isNullAt(column.at())) {
      trouble(column, "has no array (null)");
      return;
    }
    ArrayData cells = row.getArray(column.at());
    int length = cells.numElements();
    if (isUnfit(column, length)) {
      return;
    }
    if (singleVector && length >= WIDE) {
      beginWide(length);
      for (int i = 0; i < length; i++) {
        addWide(i, checked(column, cells.isNullAt(i) ? Double.NaN : cells.getDouble(i)));
      }
      return;
    }
    for (int i = 0; i < length; i++) {
      add(checked(column, cells.isNullAt(i) ? Double.NaN : cells.getDouble(i)));
    }
  }

  private boolean isUnfit(Column column, int length) {
    return isUnfit(column, length, LONGEST_CELL);
  }

  /** Whether a cell has no numbers, or so many that there is no room for them. */
  private boolean isUnfit(Column column, int length, int most) {
    if (length > most) {
      trouble(column, "has a cell of more than " + most + " numbers");
    } else if (length <= 0) {
      trouble(column, "has a cell without numbers");
    }
    return length > most || length <= 0;
  }

  private void beginWide(int length) {
    wide = true;
    widths[0] = length;
  }

  private void addWide(int index, double value) {
    if (value == 0) {
      return;
    }
    if (count == indices.length) {
      indices = Arrays.copyOf(indices, count * 2);
    }
    indices[count] = index;
    add(value);
  }

  /** An image becomes a wide row of numbers, one a pixel, black ones left out. */
  private void image(Column column, InternalRow row) {
    ImageFiles files = Objects.requireNonNull(columns.image()).files();
    int area = files.height() * files.width();
    beginWide(area);
    if (row.isNullAt(column.at())) {
      trouble(column, "has no image (null)");
      return;
    }
    try {
      planes = files.decoded("", row.getBinary(column.at()));
      for (int i = 0; i < area; i++) {
        addWide(i, PackedImages.packed(planes, area, i));
      }
      nonZero = count;
    } catch (FormatException e) {
      trouble(column, "has bytes that are no image: " + told(e));
    }
  }

  /** What is wrong, without the place in bytes, which is another in each cell. */
  private static String told(FormatException e) {
    String message = String.valueOf(e.getMessage());
    return message.substring(message.indexOf(": ") + 2);
  }

  /** A vector is (0 sparse or 1 dense, size, indices, values). */
  private void vector(Column column, InternalRow row) {
    if (row.isNullAt(column.at())) {
      trouble(column, "has no vector (null)");
      return;
    }
    InternalRow vector = row.getStruct(column.at(), FIELDS);
    boolean sparse = vector.getByte(0) == 0;
    ArrayData values = vector.getArray(3);
    int length = sparse ? vector.getInt(1) : values.numElements();
    if (isUnfit(column, length)) {
      return;
    }
    boolean keepSparse = singleVector && length >= WIDE;
    if (keepSparse) {
      beginWide(length);
    }
    if (!sparse) {
      for (int i = 0; i < length; i++) {
        double value = checked(column, values.getDouble(i));
        if (keepSparse) {
          addWide(i, value);
        } else {
          add(value);
        }
      }
      return;
    }
    ArrayData places = vector.getArray(2);
    int begin = count;
    for (int i = 0; !keepSparse && i < length; i++) {
      add(0);
    }
    for (int i = 0; i < places.numElements(); i++) {
      double value = checked(column, values.getDouble(i));
      if (keepSparse) {
        addWide(places.getInt(i), value);
      } else {
        x[begin + places.getInt(i)] = value;
      }
    }
  }

  private @Nullable UTF8String text(Column column, InternalRow row) {
    if (row.isNullAt(column.at())) {
      missing(column);
      return null;
    }
    if (column.kind() == Column.Kind.CODE) {
      double code = checked(column, row.getDouble(column.at()));
      return Double.isNaN(code) ? null : UTF8String.fromString(Canonical.text(code));
    }
    UTF8String text = row.getUTF8String(column.at());
    if (text.numBytes() > LONGEST_TEXT) {
      trouble(column, "has a text of more than " + LONGEST_TEXT + " bytes, which is no category");
      return null;
    }
    return text;
  }

  private void label(InternalRow row) {
    for (Column column : columns.label()) {
      if (row.isNullAt(column.at())) {
        missing(column);
        addLabel(Double.NaN);
        continue;
      }
      switch (column.kind()) {
        case TEXT, CODE -> labelText = text(column, row);
        case NUMBER -> addLabel(labelNumber(column, row.getDouble(column.at())));
        case NUMBERS -> labelNumbers(column, row.getArray(column.at()));
        case VECTOR -> labelVector(column, row.getStruct(column.at(), FIELDS));
        case IMAGE -> throw new IllegalStateException("table: a label is no image");
      }
    }
  }

  private double labelNumber(Column column, double value) {
    int before = nonZero;
    double checked = checked(column, value);
    nonZero = before;
    return checked;
  }

  private void labelNumbers(Column column, ArrayData cells) {
    if (isUnfit(column, cells.numElements(), LONGEST_LABEL)) {
      return;
    }
    for (int i = 0; i < cells.numElements(); i++) {
      addLabel(labelNumber(column, cells.isNullAt(i) ? Double.NaN : cells.getDouble(i)));
    }
  }

  private void labelVector(Column column, InternalRow vector) {
    ArrayData values = vector.getArray(3);
    if (vector.getByte(0) != 0) {
      labelNumbers(column, values);
      return;
    }
    int length = vector.getInt(1);
    if (isUnfit(column, length, LONGEST_LABEL)) {
      return;
    }
    for (int i = 0; i < length; i++) {
      addLabel(0);
    }
    for (int i = 0; i < values.numElements(); i++) {
      y[vector.getArray(2).getInt(i)] = labelNumber(column, values.getDouble(i));
    }
  }

  private void addLabel(double value) {
    if (labels == y.length) {
      y = Arrays.copyOf(y, labels * 2);
    }
    y[labels++] = value;
  }

  private double weight(Column column, InternalRow row) {
    double value = row.isNullAt(column.at()) ? Double.NaN : row.getDouble(column.at());
    if (!(value >= 0) || Double.isInfinite(value)) {
      trouble(column, "has a weight that is null, negative or no number");
      return 0;
    }
    return Canonical.of(value);
  }

  private Part part(Column column, InternalRow row, Part held) {
    if (row.isNullAt(column.at())) {
      trouble(column, "does not say which part a row is in (null)");
      return Part.TRAIN;
    }
    if (column.kind() == Column.Kind.NUMBER) {
      return row.getDouble(column.at()) == 0 ? Part.TRAIN : held;
    }
    for (Part part : Part.values()) {
      if (row.getUTF8String(column.at()).toString().equalsIgnoreCase(part.name())) {
        return part;
      }
    }
    trouble(column, "has a part other than train, validation or test");
    return Part.TRAIN;
  }

  /** The hash of what was read. */
  void hash(RowKey key) {
    key.begin();
    int at = 0;
    for (int i = 0; i < widths.length; i++) {
      Column column = columns.features().get(i);
      if (column.kind().isText()) {
        key.put(texts[i]);
        at++;
      } else if (wide) {
        key.put((long) widths[0]);
        for (int j = 0; j < count; j++) {
          key.put((long) indices[j]);
          key.put(x[j]);
        }
      } else {
        if (column.kind() != Column.Kind.NUMBER) {
          key.put((long) widths[i]);
        }
        for (int j = 0; j < widths[i]; j++) {
          key.put(x[at++]);
        }
      }
    }
    for (int i = 0; i < labels; i++) {
      key.put(y[i]);
    }
    if (labelText != null) {
      key.put(labelText);
    }
    if (!columns.weight().isEmpty()) {
      key.put(weight);
    }
    key.end();
  }
}
