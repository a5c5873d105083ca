package io.kiln.spark.shards;

import io.kiln.nn.data.Batch;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;

/** The rows of a partition as Spark has them one by one, as samples. */
final class RowSamples implements SampleRows {
  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final RowForm form;
  private final Iterator<InternalRow> rows;
  private final int partition;
  private final RowReader reader;
  private final RowEncoder encoder;
  private final int flag;
  private long[] offsets = new long[0];
  private long read;
  private long dropped;

  RowSamples(RowForm form, Iterator<InternalRow> rows, int partition) {
    this.form = form;
    this.rows = rows;
    this.partition = partition;
    this.reader = new RowReader(form.columns());
    this.encoder = RowEncoder.given(form.name(), form.columns(), form.encoding());
    this.flag = form.filtered() ? form.columns().all().size() : -1;
  }

  @Override
  public int fill(Batch batch) throws BadRowException {
    if (offsets.length < batch.size()) {
      offsets = new long[batch.size()];
    }
    int n = 0;
    while (n < batch.size() && rows.hasNext()) {
      InternalRow row = rows.next();
      long offset = read++;
      if (flag >= 0 && (row.isNullAt(flag) || !row.getBoolean(flag))) {
        continue;
      }
      reader.read(row);
      if (form.isDropped(reader)) {
        dropped++;
        continue;
      }
      String problem = form.problem(reader);
      if (!problem.isEmpty()) {
        throw new BadRowException(partition, offset, problem);
      }
      try {
        write(encoder.encode(reader), batch, n);
      } catch (FormatException e) {
        String said = String.valueOf(e.getMessage());
        throw new BadRowException(partition, offset, said.substring(form.name().length() + 2));
      }
      offsets[n++] = offset;
    }
    return n;
  }

  private void write(byte[] from, Batch batch, int n) {
    SparseRows sparse = batch.sparse();
    int width = form.width();
    int at;
    if (!form.encoding().sparse()) {
      numbers(from, 0, batch.input(0), n * width, width);
      at = width * Float.BYTES;
    } else {
      int count = (int) INTS.get(from, 0);
      int indices = Integer.BYTES;
      int values = indices + count * Integer.BYTES;
      at = values + count * Float.BYTES;
      if (sparse != null) {
        int to = sparse.begin(n, count);
        for (int i = 0; i < count; i++) {
          sparse.indices()[to + i] = (int) INTS.get(from, indices + i * Integer.BYTES);
          sparse.values()[to + i] = (float) FLOATS.get(from, values + i * Float.BYTES);
        }
      } else {
        Tensor x = batch.input(0).rows(n, n + 1);
        x.fill(0);
        for (int i = 0; i < count; i++) {
          x.set(
              (int) INTS.get(from, indices + i * Integer.BYTES),
              (float) FLOATS.get(from, values + i * Float.BYTES));
        }
      }
    }
    int targets = form.encoding().targets();
    numbers(from, at, batch.target(), n * targets, targets);
    Tensor weights = batch.weights();
    if (weights != null) {
      at += targets * Float.BYTES;
      weights.set(n, form.weighted() ? (float) FLOATS.get(from, at) : 1);
    }
  }

  private static void numbers(byte[] from, int at, Tensor to, int first, int count) {
    if (to.dtype() == DType.FLOAT32) {
      float[] x = to.floats();
      int begin = to.offset() + first;
      for (int i = 0; i < count; i++) {
        x[begin + i] = (float) FLOATS.get(from, at + i * Float.BYTES);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      to.set(first + i, (float) FLOATS.get(from, at + i * Float.BYTES));
    }
  }

  @Override
  public long offset(int i) {
    return offsets[i];
  }

  @Override
  public long read() {
    return read;
  }

  @Override
  public long dropped() {
    return dropped;
  }
}
