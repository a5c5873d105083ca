package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NormalizationTest {
  private static Normalization fit(int width, byte... pixels) {
    Images images =
        new Images(
            Shape.of(1, pixels.length / width, width), pixels, new int[] {0}, 1, List.of("a"));
    return Normalization.fit(images, 0);
  }

  @Test
  void oneDarkerPixelAmongFourMillionIsTheDeviation() {
    byte[] pixels = new byte[1 << 22];
    Arrays.fill(pixels, (byte) 255);
    pixels[77] = (byte) 254;
    double share = 1.0 / pixels.length;
    Normalization fitted = fit(1 << 11, pixels);
    assertThat(fitted.mean().get(0)).isCloseTo(1 - share / 255, within(1e-15));
    double deviation = Math.sqrt(share * (1 - share)) / 255;
    assertThat(fitted.deviation().get(0)).isCloseTo(deviation, within(1e-9 * deviation));
  }

  @Test
  void aConstantChannelKeepsDeviationOne() {
    byte[] pixels = new byte[3 * 7];
    Arrays.fill(pixels, (byte) 201);
    assertThat(fit(7, pixels).deviation()).containsExactly(1.0);
  }
}
