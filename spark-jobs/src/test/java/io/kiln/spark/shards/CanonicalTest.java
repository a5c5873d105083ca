package io.kiln.spark.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CanonicalTest {
  @Test
  void aFloatWrittenAsADecimalIsThatFloat() {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 200_000; i++) {
      float x =
          i % 2 == 0
              ? (float) random.nextDouble(-1e7, 1e7)
              : (float) Math.scalb(random.nextDouble(-1, 1), random.nextInt(-80, 80));
      double nine = new BigDecimal(x).round(new MathContext(9)).doubleValue();
      assertThat(Canonical.of(nine)).as("%s", x).isEqualTo(x);
      assertThat(Canonical.of(Double.parseDouble(Float.toString(x)))).as("%s", x).isEqualTo(x);
      assertThat(Canonical.of(x)).isEqualTo(x);
    }
    assertThat(Canonical.of(0.1)).isEqualTo(0.1f);
    assertThat(Canonical.of(-0.0)).isEqualTo(0.0);
    assertThat(1 / Canonical.of(-0.0)).isPositive();
  }

  @Test
  void doublesThatFloatsCannotTellApartStayDifferent() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 200_000; i++) {
      double x = random.nextDouble(-10, 10);
      assertThat(Canonical.of(x)).isEqualTo(x);
    }
    for (double x :
        new double[] {
          16777217,
          33554433,
          123456789,
          12345678.5,
          1600000000.123,
          1e300,
          1e-300,
          Math.PI,
          1e15 + 1
        }) {
      assertThat(Canonical.of(x)).isEqualTo(x);
    }
    assertThat(Canonical.of(Double.NaN)).isNaN();
  }

  @Test
  void numbersAsTextsHaveNoNeedlessFraction() {
    assertThat(Canonical.text(3)).isEqualTo("3");
    assertThat(Canonical.text(-2.5)).isEqualTo("-2.5");
    assertThat(Canonical.text(Canonical.of(0.1))).isEqualTo("0.1");
    assertThat(Canonical.text(1600000000.123)).isEqualTo("1.600000000123E9");
  }
}
