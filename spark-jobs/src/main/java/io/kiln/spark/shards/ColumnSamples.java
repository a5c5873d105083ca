package io.kiln.spark.shards;

import io.kiln.nn.data.Batch;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * The rows of a partition as a file's reader has them, column by column, as samples: of columns of
 * one number each, without labels. The numbers are those that {@link RowReader} and {@link
 * RowEncoder} give.
 */
final class ColumnSamples implements SampleRows {
  private static final int GOOD = -1;

  /** Numbers of a batch that are written between two columns: they stay in the nearest cache. */
  private static final int NEAR = 4096;

  private final RowForm form;
  private final Iterator<ColumnarBatch> batches;
  private final int[] places;
  private final int partition;
  private final boolean drops;
  private final boolean refuses;
  private final double[] mean;
  private final double[] deviation;
  private final double[] fill;
  private ColumnarBatch now = new ColumnarBatch(new ColumnVector[0], 0);

  /** Rows of this batch: asked for the next, Spark's reader empties this one. */
  private int rows;

  private int at;
  private long[] offsets = new long[0];

  /** For each row of a batch the first column that is wrong with it, or {@link #GOOD}. */
  private int[] wrong = new int[0];

  private double[] values = new double[0];
  private float[] encoded = new float[0];
  private long read;
  private long dropped;

  ColumnSamples(RowForm form, Iterator<ColumnarBatch> batches, int[] places, int partition) {
    this.form = form;
    this.batches = batches;
    this.places = places;
    this.partition = partition;
    this.drops = form.scan().missing().equals("drop");
    this.refuses = form.scan().missing().equals("error");
    this.mean = form.encoding().mean();
    this.deviation = form.encoding().deviation();
    this.fill = form.encoding().fill();
  }

  /** Whether cells of that kind can be read so. */
  static boolean takes(org.apache.spark.sql.types.DataType type) {
    return type.equals(DataTypes.DoubleType)
        || type.equals(DataTypes.FloatType)
        || type instanceof IntegerType
        || type instanceof LongType;
  }

  @Override
  public int fill(Batch batch) throws BadRowException {
    if (offsets.length < batch.size()) {
      offsets = new long[batch.size()];
      wrong = new int[batch.size()];
      values = new double[batch.size()];
      encoded = new float[batch.size()];
    }
    int n = 0;
    while (n < batch.size()) {
      if (at == rows) {
        if (!batches.hasNext()) {
          break;
        }
        now = batches.next();
        rows = now.numRows();
        at = 0;
        continue;
      }
      int count = Math.min(batch.size() - n, rows - at);
      n += take(batch.input(0), n, count);
      at += count;
      read += count;
    }
    return n;
  }

  /** Writes some rows; those that are good are moved together. */
  private int take(Tensor x, int first, int count) throws BadRowException {
    Arrays.fill(wrong, 0, count, GOOD);
    boolean good = true;
    int block = Math.max(16, NEAR / places.length);
    for (int begin = 0; begin < count; begin += block) {
      int end = Math.min(count, begin + block);
      for (int j = 0; j < places.length; j++) {
        read(now.column(places[j]), begin, end);
        good &= encode(j, begin, end);
        write(x, first, j, begin, end);
      }
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!good && wrong[i] != GOOD && !isDropped(wrong[i], i)) {
        throw new BadRowException(partition, read + i, problem(wrong[i], i));
      }
      if (!good && wrong[i] != GOOD) {
        dropped++;
        continue;
      }
      offsets[first + kept] = read + i;
      if (kept < i) {
        x.rows(first + kept, first + kept + 1).copyFrom(x.rows(first + i, first + i + 1));
      }
      kept++;
    }
    return kept;
  }

  private void read(ColumnVector column, int begin, int end) {
    if (column.dataType().equals(DataTypes.DoubleType)) {
      for (int i = begin; i < end; i++) {
        values[i] = column.getDouble(at + i);
      }
    } else if (column.dataType().equals(DataTypes.FloatType)) {
      for (int i = begin; i < end; i++) {
        values[i] = column.getFloat(at + i);
      }
    } else if (column.dataType() instanceof IntegerType) {
      for (int i = begin; i < end; i++) {
        values[i] = column.getInt(at + i);
      }
    } else {
      for (int i = begin; i < end; i++) {
        values[i] = column.getLong(at + i);
      }
    }
    for (int i = begin; column.hasNull() && i < end; i++) {
      values[i] = column.isNullAt(at + i) ? Double.NaN : values[i];
    }
  }

  /** Encodes the values of a column; whether all are good. */
  private boolean encode(int j, int begin, int end) {
    double shift = mean[j];
    double scale = deviation[j];
    boolean good = true;
    for (int i = begin; i < end; i++) {
      encoded[i] = (float) ((Canonical.of(values[i]) - shift) / scale);
      good &= Float.isFinite(encoded[i]);
    }
    for (int i = begin; !good && i < end; i++) {
      if (Double.isNaN(values[i]) && !refuses && !drops) {
        encoded[i] = (float) ((fill[j] - shift) / scale);
      }
      if (!Float.isFinite(encoded[i]) && wrong[i] == GOOD) {
        wrong[i] = j;
      }
    }
    return good;
  }

  private void write(Tensor x, int first, int j, int from, int to) {
    int width = places.length;
    if (x.dtype() == DType.FLOAT32) {
      float[] numbers = x.floats();
      int begin = x.offset() + first * width + j;
      for (int i = from; i < to; i++) {
        numbers[begin + i * width] = encoded[i];
      }
      return;
    }
    for (int i = from; i < to; i++) {
      x.set((first + i) * width + j, encoded[i]);
    }
  }

  private double value(int j, int i) {
    read(now.column(places[j]), i, i + 1);
    return values[i];
  }

  private boolean isDropped(int j, int i) {
    return drops && Double.isNaN(value(j, i));
  }

  private String problem(int j, int i) {
    String column = "column '" + form.columns().features().get(j).name() + "' ";
    double value = value(j, i);
    if (Double.isNaN(value)) {
      return column + "has no value (null or NaN)";
    }
    return Double.isInfinite(value)
        ? column + "is infinite"
        : column
            + "has "
            + (Canonical.of(value) - mean[j]) / deviation[j]
            + ", which is too large for float32";
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
