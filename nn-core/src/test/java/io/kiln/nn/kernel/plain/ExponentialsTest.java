package io.kiln.nn.kernel.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.kernel.NormalTail;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("paths")
class ExponentialsTest {
  private interface Runs {
    void run(float[] x, int at, float[] y, int to, int n);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 0.7, 5, 30, 87})
  void errorIsAtMostTwoUnitsInTheLastPlaceAndThreeForTheLogisticFunction(double bound) {
    assertThat(worst(Exponentials::exp, Math::exp, bound)).isLessThan(2);
    assertThat(worst(Exponentials::tanh, Math::tanh, bound)).isLessThan(2);
    assertThat(worst(Exponentials::sigmoid, x -> 1 / (1 + Math.exp(-x)), bound)).isLessThan(3);
  }

  @Test
  void specialValuesAreThoseOfMath() {
    float infinity = Float.POSITIVE_INFINITY;
    float[] x = {Float.NaN, -infinity, infinity, 0, -100, 100, -200, 200, 88.72f};
    float[] y = new float[x.length];
    Exponentials.exp(x, 0, y, 0, x.length);
    for (int i = 0; i < x.length; i++) {
      float exact = (float) Math.exp(x[i]);
      assertThat(
              Float.isNaN(exact)
                  ? Float.isNaN(y[i])
                  : Math.abs(y[i] / exact - 1) < 1e-6 || y[i] == exact)
          .as("exp(%s) = %s", x[i], y[i])
          .isTrue();
    }
    Exponentials.tanh(x, 0, y, 0, x.length);
    assertThat(y).containsExactly(Float.NaN, -1, 1, 0, -1, 1, -1, 1, 1);
    Exponentials.sigmoid(x, 0, y, 0, 4);
    assertThat(new float[] {y[0], y[1], y[2], y[3]}).containsExactly(Float.NaN, 0, 1, 0.5f);
  }

  @Test
  void resultOfAnElementDoesNotDependOnItsPlace() {
    float[] x = new float[3000];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i) * 20;
    }
    float[] whole = new float[x.length];
    Exponentials.exp(x, 0, whole, 0, x.length);
    float[] one = new float[1];
    for (int i = 0; i < x.length; i++) {
      Exponentials.exp(x, i, one, 0, 1);
      assertThat(one[0]).isEqualTo(whole[i]);
    }
  }

  /** Float32 has a relative error of a few of its units even far out, where the tail is tiny. */
  @Test
  void normalDistributionIsRightInBothTails() {
    int n = 1000;
    float[] x = new float[Exponentials.BLOCK];
    float[] cumulative = new float[Exponentials.BLOCK];
    float[] density = new float[Exponentials.BLOCK];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (20.0 * i / n - 12);
    }
    Arrays.fill(cumulative, Float.NaN); // what was there before means nothing
    Exponentials.normal(x, cumulative, density, n);
    for (int i = 0; i < n; i++) {
      double e = Math.exp(-0.5 * x[i] * x[i]);
      double right = NormalTail.cumulative(x[i], e);
      // e^(−x²/2) has the error of x²/2 in float32.
      double bound = 1e-6 + 1e-7 * x[i] * x[i];
      assertThat(Math.abs(cumulative[i] / right - 1)).as("at %s", x[i]).isLessThan(bound);
      assertThat(Math.abs(density[i] / e - 1)).as("at %s", x[i]).isLessThan(bound);
    }
  }

  private static double worst(Runs runs, DoubleUnaryOperator exact, double bound) {
    int n = 200_000;
    float[] x = new float[n];
    float[] y = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (bound * (2.0 * i / n - 1));
    }
    runs.run(x, 0, y, 0, n);
    double worst = 0;
    for (int i = 0; i < n; i++) {
      double right = exact.applyAsDouble(x[i]);
      worst = Math.max(worst, Math.abs(y[i] - right) / Math.ulp((float) right));
    }
    return worst;
  }
}
