package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** Copies a spool's rows into batches, in any order. */
final class SpoolReader implements ShardReader {
  /** Where the bytes of rows are to be had. */
  interface Rows extends AutoCloseable {
    /** Makes a row readable through {@link #floats} and {@link #ints}. */
    void seek(long row) throws IOException;

    /** The memory the row is in. */
    FloatBuffer floats();

    /** The same memory. */
    IntBuffer ints();

    /** Where the row begins, in numbers of four bytes. */
    int at();

    @Override
    void close() throws IOException;
  }

  private final SpoolForm form;
  private final RowOrder order;
  private final Rows rows;
  private final long count;
  private long position;

  SpoolReader(SpoolForm form, RowOrder order, Rows rows, long count, long position) {
    if (position < 0 || position > count) {
      throw new IllegalArgumentException(
          "spool: position " + position + " came but it must be from 0 to " + count);
    }
    this.form = form;
    this.order = order;
    this.rows = rows;
    this.count = count;
    this.position = position;
  }

  @Override
  public void fill(Batch batch, int n) throws IOException {
    if (n > batch.size() || n > count - position) {
      throw new IllegalArgumentException(
          "spool: "
              + n
              + " samples are asked for but the batch has room for "
              + batch.size()
              + " and "
              + (count - position)
              + " are left");
    }
    for (int i = 0; i < n; i++) {
      rows.seek(order.at(position++));
      int at = rows.at();
      at = form.sparse() ? sparse(batch, i, at) : dense(batch, i, at);
      at = copy(batch.target(), i, at, form.targets());
      Tensor weights = batch.weights();
      if (weights != null) {
        copy(weights, i, at, 1);
      }
    }
  }

  private int dense(Batch batch, int row, int at) {
    return copy(batch.input(0), row, at, form.features());
  }

  private int sparse(Batch batch, int row, int at) {
    SparseRows sparse = batch.sparse();
    if (sparse == null) {
      throw new IllegalArgumentException("spool: its rows are sparse but the batch is dense");
    }
    int values = rows.ints().get(at);
    int to = sparse.begin(row, values);
    rows.ints().get(at + 1, sparse.indices(), to, values);
    rows.floats().get(at + 1 + values, sparse.values(), to, values);
    return at + 1 + 2 * values;
  }

  private int copy(Tensor to, int row, int at, int numbers) {
    int place = to.offset() + row * numbers;
    if (to.dtype() == DType.FLOAT32) {
      rows.floats().get(at, to.floats(), place, numbers);
    } else {
      for (int i = 0; i < numbers; i++) {
        to.doubles()[place + i] = rows.floats().get(at + i);
      }
    }
    return at + numbers;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
