package io.kiln.spark.train;

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
public record Outcome(FitResult result, @Nullable Evaluation test, @Nullable Tensor values) {
  /** The part that is text. */
  record Text(FitResult result, @Nullable Evaluation test, DType dtype, int count) {}

  /** Length of the text, text, numbers. */
  byte[] toBytes() {
    Tensor numbers = values == null ? Tensor.zeros(Shape.of(0), DType.FLOAT32) : values;
    byte[] text = Json.bytes(new Text(result, test, numbers.dtype(), numbers.count()));
    ByteBuffer bytes =
        ByteBuffer.allocate(4 + text.length + numbers.count() * numbers.dtype().bytes());
    bytes.putInt(text.length).put(text);
    if (numbers.dtype() == DType.FLOAT32) {
      bytes.asFloatBuffer().put(numbers.floats(), numbers.offset(), numbers.count());
    } else {
      bytes.asDoubleBuffer().put(numbers.doubles(), numbers.offset(), numbers.count());
    }
    return bytes.array();
  }

  static Outcome of(byte[] all) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(all);
    byte[] json = new byte[bytes.getInt()];
    bytes.get(json);
    Text text = Json.read("outcome of a worker", json, Text.class);
    if (text.count() == 0) {
      return new Outcome(text.result(), text.test(), null);
    }
    Tensor values = Tensor.zeros(Shape.of(text.count()), text.dtype());
    if (text.dtype() == DType.FLOAT32) {
      bytes.asFloatBuffer().get(values.floats());
    } else {
      bytes.asDoubleBuffer().get(values.doubles());
    }
    return new Outcome(text.result(), text.test(), values);
  }
}
