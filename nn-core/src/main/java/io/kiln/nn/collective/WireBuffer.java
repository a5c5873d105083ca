package io.kiln.nn.collective;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/** Little-endian memory outside the heap, seen as bytes, floats and doubles. */
final class WireBuffer {
  final ByteBuffer bytes;
  private final FloatBuffer floats;
  private final DoubleBuffer doubles;
  private final float[] someFloats = new float[Frames.MOST_PAYLOAD / 4];
  private final double[] someDoubles = new double[Frames.MOST_PAYLOAD / 8];

  WireBuffer(int capacity) {
    this(ByteBuffer.allocateDirect(capacity));
  }

  /** The same view of memory that is already there. */
  WireBuffer(ByteBuffer memory) {
    this.bytes = memory.order(ByteOrder.LITTLE_ENDIAN);
    this.floats = bytes.asFloatBuffer();
    this.doubles = bytes.asDoubleBuffer();
  }

  /** Writes {@code tensor[from..from+n)} at a byte position that is a multiple of 8. */
  void put(int at, Tensor tensor, int from, int n) {
    if (tensor.dtype() == DType.FLOAT32) {
      floats.position(at / 4);
      floats.put(tensor.floats(), tensor.offset() + from, n);
    } else {
      doubles.position(at / 8);
      doubles.put(tensor.doubles(), tensor.offset() + from, n);
    }
  }

  /** Reads n numbers at a byte position that is a multiple of 8 into {@code tensor[to..to+n)}. */
  void get(int at, Tensor tensor, int to, int n) {
    if (tensor.dtype() == DType.FLOAT32) {
      floats.position(at / 4);
      floats.get(tensor.floats(), tensor.offset() + to, n);
    } else {
      doubles.position(at / 8);
      doubles.get(tensor.doubles(), tensor.offset() + to, n);
    }
  }

  /**
   * {@code out[i..i+n) = a[i..i+n) + the n numbers at a byte position}; faster where out is not a.
   */
  void sum(int at, Tensor out, Tensor a, int i, int n) {
    if (out != a) {
      get(at, out, i, n);
      Flat.add(out, i, a, i, n);
    } else if (out.dtype() == DType.FLOAT32) {
      floats.position(at / 4);
      floats.get(someFloats, 0, n);
      Flat.add(out.floats(), out.offset() + i, someFloats, 0, n);
    } else {
      doubles.position(at / 8);
      doubles.get(someDoubles, 0, n);
      Flat.add(out.doubles(), out.offset() + i, someDoubles, 0, n);
    }
  }
}
