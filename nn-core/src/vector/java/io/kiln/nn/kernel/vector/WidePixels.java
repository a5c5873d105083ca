package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.PixelLoops;
import io.kiln.nn.tensor.Tensor;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Bytes of images as float32 with the Vector API: no table, no look-up. */
final class WidePixels implements PixelLoops {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final int LANES = SPECIES.length();

  /** As many bytes as a vector of numbers has lanes, or 64 bits: there are none of less. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

  private static final int STEP = BYTES.length();

  @Override
  public void scale(byte[] pixels, int from, int n, Scale scale, Tensor y, int to) {
    run(pixels, from, n, scale, y.floats(), y.offset() + to);
  }

  private static void run(byte[] pixels, int from, int n, Scale scale, float[] y, int to) {
    FloatVector white = FloatVector.broadcast(SPECIES, 255);
    FloatVector factor = FloatVector.broadcast(SPECIES, scale.factor());
    FloatVector shift = FloatVector.broadcast(SPECIES, scale.shift());
    int i = 0;
    for (; i <= n - STEP; i += STEP) {
      ByteVector bytes = ByteVector.fromArray(BYTES, pixels, from + i);
      for (int part = 0; part < STEP / LANES; part++) {
        IntVector values =
            ((IntVector) bytes.convertShape(VectorOperators.B2I, INTS, part)).and(0xff);
        ((FloatVector) values.convert(VectorOperators.I2F, 0))
            .div(white)
            .mul(factor)
            .add(shift)
            .intoArray(y, to + i + part * LANES);
      }
    }
    for (; i < n; i++) {
      y[to + i] = scale.of(pixels[from + i]);
    }
  }
}
