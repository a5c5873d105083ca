package io.kiln.nn.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes become the same numbers on every machine, whole vectors or not. */
@Tag("paths")
class PixelLoopsTest {
  private static final float FACTOR = (float) (1 / 0.3081);
  private static final float SHIFT = (float) (-0.1307 / 0.3081);

  @ParameterizedTest
  @EnumSource(DType.class)
  void aByteIsDividedMultipliedAndShifted(DType dtype) {
    byte[] pixels = new byte[300];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    PixelLoops.Scale scale = new PixelLoops.Scale(FACTOR, SHIFT);
    for (int n : new int[] {0, 1, 7, 8, 15, 16, 17, 63, 256, 289}) {
      Tensor y = Tensor.zeros(Shape.of(310), dtype);
      y.fill(-9);
      Kernels.of(dtype).pixels().scale(pixels, 11, n, scale, y, 5);
      for (int i = 0; i < 310; i++) {
        boolean within = i >= 5 && i < 5 + n;
        double expected = within ? ((11 + i - 5) & 0xff) / 255f * FACTOR + SHIFT : -9;
        assertEquals(expected, y.get(i), "number " + i + " of " + n + " bytes");
      }
    }
  }
}
