package io.kiln.spark.ml;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import io.kiln.spark.score.BatchScorer;
import io.kiln.spark.score.Pass;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/** Rows that wait until there are enough to be answered together; one task's. */
final class RowBatch {
  /** Rows that are answered together, if their buffers are not large. */
  private static final int ROWS = 1024;

  private static final int VECTOR_FIELDS = 4;

  private final Pass pass;
  private final AnswerColumns columns;
  private final FeatureCell features;
  private final int width;
  private InternalRow[] rows;
  private int count;

  /**
   * Where a row has its features.
   *
   * @param name of the column
   * @param at its place
   * @param vector whether it is a vector of Spark ML, not an array of doubles
   */
  record FeatureCell(String name, int at, boolean vector) implements java.io.Serializable {}

  RowBatch(BatchScorer scorer, AnswerColumns columns, FeatureCell features) {
    this.pass = scorer.open(ROWS);
    this.columns = columns;
    this.features = features;
    this.width = pass.features();
    this.rows = new InternalRow[pass.most()];
  }

  /** Takes a row, which nobody changes any more. Its features are read at once. */
  void add(UnsafeRow row) {
    read(row);
    rows[count++] = row;
  }

  /** Whether there is no room for another. */
  boolean isFull() {
    return count == rows.length;
  }

  /** The rows with their answers behind; this is empty again. */
  Iterator<InternalRow> answered() {
    int n = count;
    if (n == 0) {
      return List.<InternalRow>of().iterator();
    }
    InternalRow[] taken = rows;
    rows = new InternalRow[taken.length];
    count = 0;
    Tensor outputs = pass.run(n);
    for (int i = 0; i < n; i++) {
      taken[i] = new JoinedRow(taken[i], columns.cells(pass.reading(), outputs, i));
    }
    return new Iterator<>() {
      private int at;

      @Override
      public boolean hasNext() {
        return at < n;
      }

      @Override
      public InternalRow next() {
        if (at >= n) {
          throw new NoSuchElementException();
        }
        return taken[at++];
      }
    };
  }

  private void read(UnsafeRow row) {
    if (row.isNullAt(features.at())) {
      throw wrong("is null in a row; drop such rows, or fill them");
    }
    if (!features.vector()) {
      dense(row.getArray(features.at()));
      return;
    }
    InternalRow vector = row.getStruct(features.at(), VECTOR_FIELDS);
    if (vector.getByte(0) != 0) {
      dense(vector.getArray(3));
    } else {
      sparse(vector.getInt(1), vector.getArray(2), vector.getArray(3));
    }
  }

  private void dense(ArrayData values) {
    check(values.numElements());
    if (pass.sparse() != null) {
      pass.put(count, values.toDoubleArray());
      return;
    }
    Tensor input = pass.input();
    int at = input.offset() + count * width;
    if (input.dtype() == DType.FLOAT64) {
      double[] to = input.doubles();
      for (int i = 0; i < width; i++) {
        to[at + i] = values.getDouble(i);
      }
      return;
    }
    float[] to = input.floats();
    for (int i = 0; i < width; i++) {
      to[at + i] = (float) values.getDouble(i);
    }
  }

  private void sparse(int size, ArrayData indices, ArrayData values) {
    check(size);
    SparseRows rows = pass.sparse();
    if (rows != null) {
      int to = rows.begin(count, indices.numElements());
      for (int i = 0; i < indices.numElements(); i++) {
        rows.indices()[to + i] = indices.getInt(i);
        rows.values()[to + i] = (float) values.getDouble(i);
      }
      return;
    }
    Tensor input = pass.input();
    int at = count * width;
    int from = input.offset() + at;
    if (input.dtype() == DType.FLOAT64) {
      Arrays.fill(input.doubles(), from, from + width, 0);
    } else {
      Arrays.fill(input.floats(), from, from + width, 0);
    }
    for (int i = 0; i < indices.numElements(); i++) {
      input.set(at + indices.getInt(i), values.getDouble(i));
    }
  }

  private void check(int size) {
    if (size != width) {
      throw wrong("has " + size + " numbers in a row but the model needs " + width);
    }
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("featuresCol: column '" + features.name() + "' " + what);
  }
}
