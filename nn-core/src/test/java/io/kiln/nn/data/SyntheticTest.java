package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SyntheticTest {
  @Test
  void anImageIsAFunctionOfSeedAndIndex() {
    Images all = Synthetic.digits(3, 0, 600, 0.1);
    Images later = Synthetic.digits(3, 500, 100, 0.1);
    for (int i = 0; i < 100; i++) {
      assertThat(later.label(i)).isEqualTo(all.label(500 + i));
      for (int y = 0; y < 28; y++) {
        for (int x = 0; x < 28; x++) {
          assertThat(later.pixel(i, 0, y, x)).isEqualTo(all.pixel(500 + i, 0, y, x));
        }
      }
    }
    assertThat(Synthetic.digits(4, 0, 600, 0.1).pixels()).isNotEqualTo(all.pixels());
  }

  @Test
  void digitsAreNearlyEquallyOften() {
    Images images = Synthetic.digits(1, 0, 10_000, 0);
    int[] counts = new int[10];
    for (int i = 0; i < images.size(); i++) {
      counts[images.label(i)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(880, 1120);
    }
  }

  @Test
  void withoutNoiseTheBorderIsBlackAndTheInkBright() {
    Images images = Synthetic.digits(1, 0, 500, 0);
    for (int i = 0; i < images.size(); i++) {
      int brightest = 0;
      for (int y = 0; y < 28; y++) {
        for (int x = 0; x < 28; x++) {
          brightest = Math.max(brightest, images.pixel(i, 0, y, x));
        }
      }
      assertThat(brightest).isGreaterThan(100);
    }
    assertThat(images.shape().sizes()).containsExactly(1, 28, 28);
  }

  /** The nearest of ten mean images is right for most digits but far from all. */
  @Test
  void digitsAreLearnableButNotTrivial() {
    Images images = Synthetic.digits(1, 0, 4000, Synthetic.DEFAULT_NOISE);
    double[][] means = new double[10][784];
    int[] counts = new int[10];
    for (int i = 0; i < 3000; i++) {
      counts[images.label(i)]++;
      for (int j = 0; j < 784; j++) {
        means[images.label(i)][j] += images.pixel(i, 0, j / 28, j % 28);
      }
    }
    int right = 0;
    for (int i = 3000; i < 4000; i++) {
      int best = -1;
      double least = Double.MAX_VALUE;
      for (int digit = 0; digit < 10; digit++) {
        double distance = 0;
        for (int j = 0; j < 784; j++) {
          double d = images.pixel(i, 0, j / 28, j % 28) - means[digit][j] / counts[digit];
          distance += d * d;
        }
        if (distance < least) {
          least = distance;
          best = digit;
        }
      }
      right += best == images.label(i) ? 1 : 0;
    }
    assertThat(right).isBetween(500, 950);
  }
}
