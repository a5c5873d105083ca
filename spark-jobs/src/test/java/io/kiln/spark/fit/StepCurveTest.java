package io.kiln.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.spark.report.StepSeries;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StepCurveTest {
  private static StepCurve steps(int from, int to) {
    StepCurve curve = new StepCurve();
    for (int step = from; step <= to; step++) {
      curve.add(step, step, 0.5, 1.0 / step, 0.01, 0.001, 0.002);
    }
    return curve;
  }

  @Test
  void fewStepsAreAllThere() {
    StepSeries series = steps(1, 30).series();
    assertThat(series.step()).hasSize(30);
    assertThat(series.loss().get(29)).isEqualTo(30);
  }

  @Test
  void manyStepsAreMeansOfEqualPieces() {
    StepSeries series = steps(1, 100_000).series();
    assertThat(series.step().size()).isBetween(StepSeries.MOST / 2 - 1, StepSeries.MOST);
    long each = series.step().get(0);
    for (int i = 0; i < series.step().size(); i++) {
      assertThat(series.step().get(i)).isEqualTo((i + 1) * each);
      double mean = i * each + (each + 1) / 2.0;
      assertThat(series.loss().get(i)).isCloseTo(mean, within(1e-4 * mean));
    }
    assertThat(series.seconds().get(7)).isCloseTo(0.01, within(1e-9));
  }

  @Test
  void numbersHaveFiveDigits() {
    Random random = new Random(2);
    StepCurve curve = new StepCurve();
    double[] values = new double[300];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15);
      curve.add(i, values[i], 0, 0, 0, 0, Double.POSITIVE_INFINITY);
    }
    StepSeries series = curve.series();
    for (int i = 0; i < values.length; i++) {
      double five = new BigDecimal(values[i]).round(new MathContext(5)).doubleValue();
      assertThat(series.loss().get(i)).isEqualTo(five);
      assertThat(series.seconds().get(i)).isZero();
      assertThat(series.communicate().get(i)).isInfinite();
    }
  }

  @Test
  void aRegressionHasNoAccuracy() {
    StepCurve curve = new StepCurve();
    curve.add(1, 2, Double.NaN, 0.1, 0, 0, 0);
    assertThat(curve.series().accuracy()).isNull();
  }

  @Test
  void aResumedRunKeepsWhatWasBefore() {
    StepSeries before = steps(1, 400).series();
    StepSeries both = steps(301, 600).series().after(before);
    assertThat(both.step().size()).isLessThanOrEqualTo(StepSeries.MOST);
    for (int i = 1; i < both.step().size(); i++) {
      assertThat(both.step().get(i)).isGreaterThan(both.step().get(i - 1));
    }
    assertThat(both.step().get(both.step().size() - 1)).isEqualTo(600);
    assertThat(both.step().get(0)).isLessThan(5);
  }
}
