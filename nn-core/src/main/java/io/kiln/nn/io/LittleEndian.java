package io.kiln.nn.io;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor's numbers as little-endian bytes, row-major, a chunk at a time. */
final class LittleEndian {
  /** Takes a chunk of bytes. */
  interface Sink<E extends Exception> {
    void accept(byte[] bytes, int from, int count) throws E;
  }

  private static final int CHUNK = 1 << 16;

  private LittleEndian() {}

  static <E extends Exception> void write(Tensor tensor, Sink<E> sink) throws E {
    int width = tensor.dtype().bytes();
    ByteBuffer chunk =
        ByteBuffer.allocate((int) Math.min(CHUNK, (long) tensor.count() * width))
            .order(ByteOrder.LITTLE_ENDIAN);
    int most = CHUNK / width;
    for (int at = 0; at < tensor.count(); at += most) {
      int count = Math.min(most, tensor.count() - at);
      if (tensor.dtype() == DType.FLOAT32) {
        chunk.asFloatBuffer().put(tensor.floats(), tensor.offset() + at, count);
      } else {
        chunk.asDoubleBuffer().put(tensor.doubles(), tensor.offset() + at, count);
      }
      sink.accept(chunk.array(), 0, count * width);
    }
  }
}
