package io.kiln.spark.fit;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.report.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a worker brings home: how the fit ended, the test, and from rank 0 the trained values.
 *
 * @param result how the fit ended
 * @param test the network on the test set; null if it was interrupted, or without test data
 * @param values all parameters and buffers, or null from other ranks
 */
public record FitOutcome(FitResult result, @Nullable Evaluation test, @Nullable Tensor values) {
  /** Bytes that are kept for text: a confusion matrix of many classes is the longest of it. */
  private static final long TEXT_ROOM = 1L << 25;

  /** The part that is text. */
  record Text(FitResult result, @Nullable Evaluation test, DType dtype, int count) {}

  /** Length of the text, text, numbers. */
  public byte[] toBytes() {
    Tensor numbers = values == null ? Tensor.zeros(Shape.of(0), DType.FLOAT32) : values;
    byte[] text = Json.bytes(new Text(result, test, numbers.dtype(), numbers.count()));
    ByteBuffer bytes =
        ByteBuffer.allocate(size(4L + text.length, numbers.count(), numbers.dtype()));
    bytes.putInt(text.length).put(text);
    if (numbers.dtype() == DType.FLOAT32) {
      bytes.asFloatBuffer().put(numbers.floats(), numbers.offset(), numbers.count());
    } else {
      bytes.asDoubleBuffer().put(numbers.doubles(), numbers.offset(), numbers.count());
    }
    return bytes.array();
  }

  /**
   * Refuses a network that could be trained but not brought home.
   *
   * @throws ConfigException if its numbers and some text are more than an array holds
   */
  public static void checkFits(int numbers, DType dtype) {
    size(TEXT_ROOM, numbers, dtype);
  }

  private static int size(long text, int numbers, DType dtype) {
    long size = text + (long) numbers * dtype.bytes();
    if (size > Integer.MAX_VALUE) {
      throw new ConfigException(
          "model: its "
              + numbers
              + " numbers of "
              + dtype.label()
              + " have "
              + size
              + " bytes but a worker brings home 2147483647 at most; make layers smaller, or train"
              + " with precision: float32");
    }
    return (int) size;
  }

  public static FitOutcome of(byte[] all) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(all);
    byte[] json = new byte[bytes.getInt()];
    bytes.get(json);
    Text text = Json.read("outcome of a worker", json, Text.class);
    if (text.count() == 0) {
      return new FitOutcome(text.result(), text.test(), null);
    }
    Tensor values = Tensor.zeros(Shape.of(text.count()), text.dtype());
    if (text.dtype() == DType.FLOAT32) {
      bytes.asFloatBuffer().get(values.floats());
    } else {
      bytes.asDoubleBuffer().get(values.doubles());
    }
    return new FitOutcome(text.result(), text.test(), values);
  }
}
