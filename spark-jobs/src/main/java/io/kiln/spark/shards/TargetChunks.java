package io.kiln.spark.shards;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a shard's rows, some at a time, in the order in which the rows are stored: what is
 * added up of them has the same bits wherever it is done. One thread's.
 */
public final class TargetChunks {
  private static final int MOST = 1024;

  /** Makes something of a shard's targets, on an executor. */
  public interface Fold extends Serializable {
    /** What is sent to the driver for the shard; little. */
    byte[] of(TargetChunks targets) throws IOException;
  }

  private final Iterator<InternalRow> rows;
  private final Shape sample;
  private final Tensor targetRoom;
  private final @Nullable Tensor weightRoom;
  private final int tail;
  private int count;

  TargetChunks(Iterator<InternalRow> rows, Shape sample, boolean weighted) {
    this.rows = rows;
    this.sample = sample;
    this.targetRoom = Tensor.zeros(sample.batch(MOST), DType.FLOAT64);
    this.weightRoom = weighted ? Tensor.zeros(Shape.of(MOST), DType.FLOAT64) : null;
    this.tail = (sample.count() + (weighted ? 1 : 0)) * Float.BYTES;
  }

  /** Reads on; false at the end. */
  public boolean next() {
    int width = sample.count();
    count = 0;
    while (count < MOST && rows.hasNext()) {
      byte[] row = rows.next().getBinary(ShardedTable.ROW);
      ByteBuffer bytes =
          ByteBuffer.wrap(row, row.length - tail, tail).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < width; i++) {
        targetRoom.set(count * width + i, bytes.getFloat());
      }
      if (weightRoom != null) {
        weightRoom.set(count, bytes.getFloat());
      }
      count++;
    }
    return count > 0;
  }

  /** The targets [n, …], until the next are read. */
  public Tensor targets() {
    return targetRoom.rows(0, count);
  }

  /** The weights [n], or null if all count alike. */
  public @Nullable Tensor weights() {
    return weightRoom == null ? null : weightRoom.rows(0, count);
  }
}
