package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleOrderTest {
  @Test
  void everySampleStandsAtExactlyOnePosition() {
    for (int n : new int[] {0, 1, 2, 3, 4, 5, 7, 8, 9, 100, 1023, 1024, 1025, 60_000, 100_003}) {
      SampleOrder order = SampleOrder.of(7, 3, 1, n);
      BitSet seen = new BitSet(n);
      for (int position = 0; position < n; position++) {
        int sample = order.at(position);
        assertThat(sample).isBetween(0, n - 1);
        seen.set(sample);
      }
      assertThat(seen.cardinality()).isEqualTo(n);
    }
  }

  @Test
  void largeSetsWork() {
    SampleOrder order = SampleOrder.of(1, 1, 0, Integer.MAX_VALUE);
    for (int position : new int[] {0, 1, 1 << 30, Integer.MAX_VALUE - 1}) {
      assertThat(order.at(position)).isBetween(0, Integer.MAX_VALUE - 1);
    }
  }

  @Test
  void sameCoordinatesGiveTheSameOrderAndOthersAnotherOne() {
    int[] order = all(SampleOrder.of(1, 2, 3, 1000));
    assertThat(all(SampleOrder.of(1, 2, 3, 1000))).isEqualTo(order);
    assertThat(all(SampleOrder.of(2, 2, 3, 1000))).isNotEqualTo(order);
    assertThat(all(SampleOrder.of(1, 3, 3, 1000))).isNotEqualTo(order);
    assertThat(all(SampleOrder.of(1, 2, 4, 1000))).isNotEqualTo(order);
  }

  /** Chi-square over all n! orders: 5 standard deviations above its mean is the bound. */
  @Test
  void allOrdersOfFewSamplesAreEquallyLikely() {
    int[] factorial = {1, 1, 2, 6, 24, 120, 720};
    for (int n = 2; n <= 6; n++) {
      int draws = factorial[n] * 200;
      Map<Integer, Integer> counts = new HashMap<>();
      for (int epoch = 0; epoch < draws; epoch++) {
        SampleOrder order = SampleOrder.of(11, epoch, 0, n);
        int code = 0;
        for (int position = 0; position < n; position++) {
          code = code * n + order.at(position);
        }
        counts.merge(code, 1, Integer::sum);
      }
      double chiSquare = 200.0 * (factorial[n] - counts.size());
      for (int count : counts.values()) {
        chiSquare += (count - 200.0) * (count - 200.0) / 200;
      }
      int freedom = factorial[n] - 1;
      assertThat(chiSquare).as("n = " + n).isLessThan(freedom + 5 * Math.sqrt(2.0 * freedom));
    }
  }

  @Test
  void positionAndSampleAreIndependent() {
    int n = 37;
    int epochs = 20_000;
    int[][] counts = new int[n][n];
    int[][] steps = new int[n][n];
    for (int epoch = 0; epoch < epochs; epoch++) {
      int[] order = all(SampleOrder.of(5, epoch, 0, n));
      for (int position = 0; position < n; position++) {
        counts[position][order[position]]++;
        steps[position][Math.floorMod(order[(position + 1) % n] - order[position], n)]++;
      }
    }
    double expected = epochs / (double) n;
    double chiSquare = 0;
    double stepsChiSquare = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        chiSquare += Math.pow(counts[i][j] - expected, 2) / expected;
        double wanted = epochs / (n - 1.0);
        stepsChiSquare += j == 0 ? steps[i][j] : Math.pow(steps[i][j] - wanted, 2) / wanted;
      }
    }
    int freedom = (n - 1) * (n - 1);
    assertThat(chiSquare).isLessThan(freedom + 5 * Math.sqrt(2.0 * freedom));
    int stepsFreedom = n * (n - 2);
    assertThat(stepsChiSquare).isLessThan(stepsFreedom + 5 * Math.sqrt(2.0 * stepsFreedom));
  }

  @Test
  void fillingEqualsLookingUp() {
    SampleOrder order = SampleOrder.of(1, 1, 1, 500);
    int[] samples = new int[20];
    order.fill(100, 110, samples, 5);
    for (int i = 0; i < 10; i++) {
      assertThat(samples[5 + i]).isEqualTo(order.at(100 + i));
    }
  }

  /** Stored orders and checkpoints rely on it: this may only change with a new format. */
  @Test
  void theOrderNeverChanges() {
    assertThat(all(SampleOrder.of(1, 0, 0, 10))).containsExactly(GOLDEN);
    int[] sizes = {3, 100, 700, 1024, 1025};
    int[] hashes = {31744, -1480764653, 186476473, 230296053, -1973655735};
    for (int i = 0; i < sizes.length; i++) {
      int[] order = all(SampleOrder.of(1, 2, 3, sizes[i]));
      assertThat(Arrays.hashCode(order)).as("n = " + sizes[i]).isEqualTo(hashes[i]);
    }
  }

  /** Likewise. */
  @Test
  void theOrderOfShardsNeverChangesAndIsThatOfNoEpoch() {
    assertThat(all(SampleOrder.ofShards(1, 10))).containsExactly(GOLDEN_OF_SHARDS);
    for (int epoch = 0; epoch < 100; epoch++) {
      assertThat(all(SampleOrder.of(1, epoch, 0, 100)))
          .isNotEqualTo(all(SampleOrder.ofShards(1, 100)));
    }
  }

  private static final int[] GOLDEN_OF_SHARDS = {0, 9, 5, 3, 4, 2, 6, 1, 8, 7};

  private static final int[] GOLDEN = {0, 3, 1, 6, 7, 9, 4, 5, 8, 2};

  @Test
  void positionsOutsideAreRefused() {
    assertThatThrownBy(() -> SampleOrder.of(1, 1, 1, 5).at(5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("order: position 5 came but it must be from 0 to 4");
    assertThatThrownBy(() -> SampleOrder.of(1, 1, 1, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static int[] all(SampleOrder order) {
    int[] samples = new int[order.size()];
    order.fill(0, order.size(), samples, 0);
    return samples;
  }
}
