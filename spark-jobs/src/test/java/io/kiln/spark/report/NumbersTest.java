package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumbersTest {
  @Test
  void digitsAreThoseOfTheJdk() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      double value = random.nextGaussian() * Math.pow(10, random.nextInt(22) - 9);
      int digits = random.nextInt(7);
      assertThat(Numbers.fixed(value, digits))
          .isEqualTo(String.format(Locale.ROOT, "%." + digits + "f", value));
    }
    for (double value : new double[] {0, -0.0, 1, -1, 0.5, 99.995, 1e15, -3e16, 1e-12}) {
      assertThat(Numbers.fixed(value, 2)).isEqualTo(String.format(Locale.ROOT, "%.2f", value));
    }
  }

  @Test
  void thousandsHaveCommas() {
    for (long value : new long[] {0, 7, -7, 999, 1000, -999, -1000, 203530, -1234567, 1L << 62}) {
      assertThat(Numbers.count(value)).isEqualTo(String.format(Locale.ROOT, "%,d", value));
    }
  }

  /** An error in dollars has no more digits than one of a probability. */
  @Test
  void errorsHaveMeaningfulDigits() {
    double[] values = {
      50912.3412,
      9999.97,
      4321.987,
      512.3456,
      64.12345,
      9.87654,
      0.98765,
      0.012345,
      0.0012345,
      0.00012345,
      2.592e9,
      -50912.3412,
      100,
      40
    };
    String[] texts = {
      "50912",
      "10000",
      "4322",
      "512.35",
      "64.123",
      "9.8765",
      "0.9877",
      "0.0123",
      "0.001235",
      "0.0001235",
      "2.592e+09",
      "-50912",
      "100",
      "40"
    };
    for (int i = 0; i < values.length; i++) {
      assertThat(Numbers.loss(values[i])).isEqualTo(texts[i]);
    }
  }

  @Test
  void numbersForPeople() {
    assertThat(Numbers.percent(0.98123)).isEqualTo("98.12 %");
    assertThat(Numbers.percent(Double.NaN)).isEqualTo("–");
    assertThat(Numbers.loss(0.08123)).isEqualTo("0.0812");
    assertThat(Numbers.loss(0.0)).isEqualTo("0");
    assertThat(Numbers.loss(1.2e-7)).isEqualTo("1.200e-07");
    assertThat(Numbers.setting(0.0001)).isEqualTo("0.0001");
    assertThat(Numbers.setting(100)).isEqualTo("100");
    assertThat(Numbers.duration(3.14159)).isEqualTo("3.14 s");
    assertThat(Numbers.duration(42.25)).isEqualTo("42.3 s");
  }
}
