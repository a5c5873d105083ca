package io.kiln.nn.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CurvesTest {
  private static final long SEED = Long.getLong("kiln.seed", 20261129);

  private record Sample(double[] logOdds, int truth) {}

  /** Scores of three classes on a coarse scale, so that many are equal, each within its bin. */
  private static List<Sample> samples(int n) {
    Random random = new Random(SEED);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int truth = random.nextInt(3);
      double[] scores = new double[3];
      for (int j = 0; j < 3; j++) {
        double score = 2 * random.nextGaussian() + (j == truth ? 1.5 : 0);
        double width = 2.0 * ScoreBins.MOST / ScoreBins.BINS;
        scores[j] = Math.floor(score / (10 * width)) * 10 * width + width / 2;
      }
      samples.add(new Sample(scores, truth));
    }
    return samples;
  }

  private static ScoreBins bins(List<Sample> samples) {
    ScoreBins bins = new ScoreBins(3);
    samples.forEach(sample -> bins.add(sample.logOdds, sample.truth));
    return bins;
  }

  @Test
  void areaIsTheShareOfPairsInTheRightOrder() {
    System.out.println("seed " + SEED);
    List<Sample> samples = samples(400);
    ScoreBins bins = bins(samples);
    for (int type = 0; type < 3; type++) {
      double ordered = 0;
      double pairs = 0;
      for (Sample a : samples) {
        for (Sample b : samples) {
          if (a.truth == type && b.truth != type) {
            pairs++;
            double more = a.logOdds[type] - b.logOdds[type];
            ordered += more > 0 ? 1 : more == 0 ? 0.5 : 0;
          }
        }
      }
      assertThat(bins.curves(type).area()).isCloseTo(ordered / pairs, within(1e-12));
    }
  }

  @Test
  void areaOfAllDecisionsTogetherCountsEverySampleOnceAClass() {
    List<Sample> samples = samples(120);
    double ordered = 0;
    double pairs = 0;
    for (Sample a : samples) {
      for (Sample b : samples) {
        for (int j = 0; j < 3; j++) {
          if (b.truth != j) {
            pairs++;
            double more = a.logOdds[a.truth] - b.logOdds[j];
            ordered += more > 0 ? 1 : more == 0 ? 0.5 : 0;
          }
        }
      }
    }
    assertThat(bins(samples).micro().area()).isCloseTo(ordered / pairs, within(1e-12));
  }

  @Test
  void averagePrecisionIsThatOfTheDefinition() {
    List<Sample> samples = samples(300);
    double expected = 0;
    long positives = samples.stream().filter(sample -> sample.truth == 1).count();
    List<Double> thresholds =
        samples.stream()
            .map(sample -> sample.logOdds[1])
            .distinct()
            .sorted(Comparator.reverseOrder())
            .toList();
    double last = 0;
    for (double threshold : thresholds) {
      double taken = samples.stream().filter(sample -> sample.logOdds[1] >= threshold).count();
      double right =
          samples.stream()
              .filter(sample -> sample.logOdds[1] >= threshold && sample.truth == 1)
              .count();
      expected += (right - last) / positives * (right / taken);
      last = right;
    }
    assertThat(bins(samples).curves(1).averagePrecision()).isCloseTo(expected, within(1e-12));
  }

  @Test
  void curvesBeginAndEndWhereTheyShouldAndRise() {
    Curves curves = bins(samples(500)).curves(0);
    List<double[]> roc = curves.roc(40);
    assertThat(roc.get(0)).containsExactly(0, 0);
    assertThat(roc.get(roc.size() - 1)).containsExactly(1, 1);
    assertThat(roc.size()).isLessThan(90);
    for (int i = 1; i < roc.size(); i++) {
      assertThat(roc.get(i)[0]).isGreaterThanOrEqualTo(roc.get(i - 1)[0]);
      assertThat(roc.get(i)[1]).isGreaterThanOrEqualTo(roc.get(i - 1)[1]);
    }
    List<double[]> precisionRecall = curves.precisionRecall(40);
    assertThat(precisionRecall.get(precisionRecall.size() - 1)[0]).isEqualTo(1);
  }

  @Test
  void mergedBinsAreThoseOfAllSamples() {
    List<Sample> samples = samples(300);
    ScoreBins merged = bins(samples.subList(0, 100));
    merged.merge(bins(samples.subList(100, 300)).sums());
    assertThat(merged.sums()).isEqualTo(bins(samples).sums());
  }

  @Test
  void scoresBeyondTheEndsAndNoNumbersHaveABin() {
    assertThat(ScoreBins.bin(1e9)).isEqualTo(ScoreBins.BINS - 1);
    assertThat(ScoreBins.bin(Double.POSITIVE_INFINITY)).isEqualTo(ScoreBins.BINS - 1);
    assertThat(ScoreBins.bin(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(ScoreBins.bin(Double.NaN)).isZero();
    assertThat(ScoreBins.bin(0)).isEqualTo(ScoreBins.BINS / 2);
  }

  @Test
  void calibrationComparesConfidenceWithWhatIsRight() {
    Calibration calibration = new Calibration();
    for (int i = 0; i < 10; i++) {
      calibration.add(0.875, i < 6); // 13th bin
      calibration.add(0.5, i < 5); // 7th bin
    }
    assertThat(calibration.count(13)).isEqualTo(10);
    assertThat(calibration.accuracy(13)).isEqualTo(0.6);
    assertThat(calibration.confidence(13)).isEqualTo(0.875);
    assertThat(calibration.accuracy(7)).isEqualTo(0.5);
    assertThat(calibration.error()).isCloseTo((0.275 * 10 + 0 * 10) / 20, within(1e-12));
  }

  @Test
  void certaintyAndNoNumberFallIntoTheLastAndFirstBin() {
    Calibration calibration = new Calibration();
    calibration.add(1, true);
    calibration.add(Double.NaN, false);
    assertThat(calibration.count(Calibration.BINS - 1)).isEqualTo(1);
    assertThat(calibration.count(0)).isEqualTo(1);
  }

  @Test
  void mergedCalibrationsAreTheSameInAnyOrder() {
    Random random = new Random(SEED);
    Calibration all = new Calibration();
    Calibration[] parts = {new Calibration(), new Calibration(), new Calibration()};
    for (int i = 0; i < 1000; i++) {
      double probability = random.nextDouble();
      boolean right = random.nextDouble() < probability;
      all.add(probability, right);
      parts[i % 3].add(probability, right);
    }
    Calibration merged = new Calibration();
    for (int i = 2; i >= 0; i--) {
      merged.merge(parts[i].sums());
    }
    assertThat(merged.sums()).isEqualTo(all.sums());
  }
}
