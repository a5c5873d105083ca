package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.tensor.CounterRng;
import org.junit.jupiter.api.Test;

class ShardsTest {
  @Test
  void everySampleComesExactlyOnceAnEpoch() {
    CounterRng rng = CounterRng.of(42);
    for (int trial = 0; trial < 200; trial++) {
      int total = rng.integer(3L * trial, 500);
      int count = 1 + rng.integer(3L * trial + 1, 17);
      int batchSize = 1 + rng.integer(3L * trial + 2, 64);
      checkEpoch(Shards.of(total, count, batchSize));
    }
  }

  @Test
  void unevenAndEmptyShardsAreRight() {
    checkEpoch(Shards.ofSizes(new int[] {0, 100, 0, 1, 7, 333, 0}, 32));
    checkEpoch(Shards.ofSizes(new int[] {0, 0}, 32));
    checkEpoch(Shards.ofSizes(new int[] {5}, 32));
  }

  @Test
  void ruleOfTheBoundariesIsExact() {
    Shards shards = Shards.of(55_000, 8, 128);
    assertThat(shards.steps()).isEqualTo(430);
    for (int v = 0; v <= 8; v++) {
      assertThat(shards.start(v)).isEqualTo((int) Math.floor(v * 55_000 / 8.0));
    }
    assertThat(shards.from(3, 7)).isEqualTo((int) Math.floor(7 * 6875 / 430.0));
    assertThat(shards.to(3, 7)).isEqualTo((int) Math.floor(8 * 6875 / 430.0));
    assertThat(shards.samples(0)).isEqualTo(8 * 15);
  }

  @Test
  void batchesOfAMillionSamplesDoNotOverflow() {
    Shards shards = Shards.of(2_000_000_000, 3, 1000);
    assertThat(shards.to(2, shards.steps() - 1)).isEqualTo(shards.size(2));
    assertThat(shards.start(3)).isEqualTo(2_000_000_000);
  }

  @Test
  void workersOwnAllShardsOnce() {
    for (int workers = 1; workers < 12; workers++) {
      assertThat(Shards.firstShard(0, workers, 8)).isZero();
      assertThat(Shards.firstShard(workers, workers, 8)).isEqualTo(8);
      for (int r = 0; r < workers; r++) {
        assertThat(Shards.firstShard(r + 1, workers, 8) - Shards.firstShard(r, workers, 8))
            .isBetween(8 / workers, (8 + workers - 1) / workers);
      }
    }
  }

  @Test
  void impossibleCutsAreRefused() {
    assertThatThrownBy(() -> Shards.of(10, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Shards.of(10, 1, 0))
        .hasMessage("shards: batch size 0 came but it must be 1 or more");
    assertThatThrownBy(() -> Shards.ofSizes(new int[] {3, -1}, 1))
        .hasMessage("shards: shard 1 has -1 samples; 0 is the least");
  }

  private static void checkEpoch(Shards shards) {
    int[] seen = new int[shards.total()];
    for (int step = 0; step < shards.steps(); step++) {
      int samples = 0;
      for (int v = 0; v < shards.count(); v++) {
        SampleOrder order = SampleOrder.of(1, 0, v, shards.size(v));
        int from = shards.from(v, step);
        int to = shards.to(v, step);
        assertThat(to - from).isBetween(0, shards.most(v));
        for (int position = from; position < to; position++) {
          seen[shards.start(v) + order.at(position)]++;
          samples++;
        }
      }
      assertThat(samples).isEqualTo(shards.samples(step));
      assertThat(samples).isLessThan(shards.batchSize() + shards.count());
    }
    assertThat(seen).containsOnly(seen.length == 0 ? new int[0] : new int[] {1});
  }
}
