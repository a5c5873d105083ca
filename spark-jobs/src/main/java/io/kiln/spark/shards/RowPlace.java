package io.kiln.spark.shards;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.StringJoiner;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;

/**
 * Where a row stands, as far as its table knows.
 *
 * @param file or empty
 * @param row its number in the file from 0, or −1
 * @param cells its numbers and texts, if the number is not known
 */
record RowPlace(String file, long row, String cells) {
  static final RowPlace NONE = new RowPlace("", -1, "");

  private static final int MOST_CELLS = 6;

  private static final Comparator<RowPlace> ORDER =
      Comparator.comparing(RowPlace::file)
          .thenComparing(RowPlace::row)
          .thenComparing(RowPlace::cells);

  /** What a table may know of its rows, the best first. */
  enum Way {
    /** File and number. */
    NUMBERED,
    /** The file only. */
    FILED,
    /** Nothing. */
    PLAIN;

    org.apache.spark.sql.Column[] columns() {
      var file = functions.col("_metadata.file_path").as("__kiln_file");
      var row = functions.col("_metadata.row_index").as("__kiln_row");
      return switch (this) {
        case NUMBERED -> new org.apache.spark.sql.Column[] {file, row};
        case FILED -> new org.apache.spark.sql.Column[] {file};
        case PLAIN -> new org.apache.spark.sql.Column[0];
      };
    }

    RowPlace place(InternalRow row, int from, TableColumns columns) {
      String file = this == PLAIN ? "" : row.getUTF8String(from).toString();
      return this == NUMBERED
          ? new RowPlace(file, row.getLong(from + 1), "")
          : new RowPlace(file, -1, written(row, columns));
    }
  }

  private static String written(InternalRow row, TableColumns columns) {
    StringJoiner cells = new StringJoiner(", ");
    int count = 0;
    for (Column column : columns.all()) {
      if (column.kind() == Column.Kind.VECTOR
          || column.kind() == Column.Kind.NUMBERS
          || column.kind() == Column.Kind.IMAGE
          || ++count > MOST_CELLS) {
        continue;
      }
      boolean absent = row.isNullAt(column.at());
      cells.add(
          column.name()
              + "="
              + (absent
                  ? "null"
                  : column.kind() == Column.Kind.TEXT
                      ? row.getUTF8String(column.at()).toString()
                      : Canonical.text(row.getDouble(column.at()))));
    }
    return cells.toString();
  }

  RowPlace first(RowPlace other) {
    if (other.equals(NONE)) {
      return this;
    }
    return equals(NONE) || ORDER.compare(other, this) < 0 ? other : this;
  }

  /** Behind a number of rows. */
  String text() {
    if (row >= 0) {
      return ", first in " + file + ", row " + (row + 1);
    }
    return (file.isEmpty() ? "" : ", first in " + file)
        + (cells.isEmpty() ? "" : ", such as " + cells);
  }

  byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(file);
    out.writeLong(row);
    out.writeUTF(cells.length() > 1000 ? cells.substring(0, 1000) : cells);
    return bytes.toByteArray();
  }

  static RowPlace of(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    String file = in.readUTF();
    long row = in.readLong();
    return new RowPlace(file, row, in.readUTF());
  }
}
