package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.tensor.CounterRng;
import org.junit.jupiter.api.Test;

class ShardsTest {
  @Test
  void allSmallEpochsAreExact() {
    for (int total = 1; total <= 24; total++) {
      for (int count = 1; count <= 9; count++) {
        for (int batchSize = 1; batchSize <= total + 1; batchSize++) {
          checkEven(Shards.of(total, count, batchSize));
        }
      }
    }
  }

  @Test
  void randomEpochsAreExact() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ShardsTest: -Dseed=" + seed);
    CounterRng rng = CounterRng.of(seed);
    for (int trial = 0; trial < 300; trial++) {
      CounterRng own = rng.fork(trial);
      int count = 1 + own.integer(0, 40);
      int batchSize = 1 + own.integer(1, 64);
      checkEven(Shards.of(1 + own.integer(2, 700), count, batchSize));
      long[] sizes = new long[count];
      for (int v = 0; v < count; v++) {
        sizes[v] = (long) own.integer(10L + v, 2) * own.integer(100L + v, 60);
      }
      checkEpoch(Shards.ofSizes(sizes, batchSize));
    }
  }

  @Test
  void unevenAndEmptyShardsAreRight() {
    checkEpoch(Shards.ofSizes(new long[] {0, 100, 0, 1, 7, 333, 0}, 32));
    checkEpoch(Shards.ofSizes(new long[] {0, 0}, 32));
    checkEpoch(Shards.ofSizes(new long[] {5}, 32));
    checkEpoch(Shards.of(0, 3, 8));
  }

  /** Of 60 000 samples in 32 shards, batches of 16 came as 0, 32, 0, 32, … */
  @Test
  void smallBatchesOfManyShardsAreAsTheyWereAskedFor() {
    for (int batchSize : new int[] {1, 2, 4, 16, 32}) {
      for (int count : new int[] {4, 32}) {
        Shards shards = Shards.of(60_000, count, batchSize);
        for (int step = 0; step < shards.steps(); step++) {
          assertThat(shards.samples(step)).isEqualTo(batchSize);
        }
      }
    }
  }

  /** A step smaller than the number of shards still keeps all workers and threads busy. */
  @Test
  void halvesAndQuartersOfTheShardsHaveTheirPartsOfEveryStep() {
    for (int batchSize : new int[] {2, 4, 5, 8, 12, 16, 31}) {
      Shards shards = Shards.of(1003, 16, batchSize);
      for (int workers : new int[] {2, 4, 8}) {
        for (int step = 0; step < shards.steps(); step++) {
          int part = shards.samples(step) / workers;
          for (int worker = 0; worker < workers; worker++) {
            assertThat(samples(shards, step, worker, workers)).isBetween(part, part + 1);
          }
        }
      }
    }
  }

  @Test
  void ruleOfTheBoundariesIsExact() {
    Shards shards = Shards.of(55_000, 8, 128);
    assertThat(shards.steps()).isEqualTo(430);
    for (int v = 0; v <= 8; v++) {
      assertThat(shards.start(v)).isEqualTo(v * 6875L);
    }
    assertThat(shards.samples(0)).isEqualTo(127); // ⌊55 000 / 430⌋
    int before = (int) (7 * 55_000L / 430);
    assertThat(shards.from(0, 7)).isEqualTo((before + 7) / 8); // shard 0 has the first of eight
    assertThat(shards.from(7, 7)).isEqualTo(before / 8); // and shard 7 the last
    // Stored checkpoints rely on it: this may only change with ConfigHash's version.
    int[] parts = new int[8];
    for (int v = 0; v < 8; v++) {
      parts[v] = Shards.of(1000, 8, 5).samples(v, 0);
    }
    assertThat(parts).containsExactly(1, 1, 1, 0, 1, 0, 1, 0);
  }

  /** Classes that stand one after another, as image folders and sorted tables have them. */
  @Test
  void aShardIsARandomPartOfSortedSamples() {
    Shards shards = Shards.of(8000, 8, 100);
    SampleOrder whole = SampleOrder.ofShards(1, shards.total());
    for (int v = 0; v < 8; v++) {
      int[] classes = new int[4];
      for (long i = shards.start(v); i < shards.start(v + 1); i++) {
        classes[(int) whole.at(i) / 2000]++;
      }
      for (int samples : classes) { // 250 of each, ± 5 standard deviations of 13
        assertThat(samples).isBetween(185, 315);
      }
    }
  }

  @Test
  void batchesOfAMillionSamplesDoNotOverflow() {
    Shards shards = Shards.of(2_000_000_000, 3, 1000);
    assertThat(shards.to(2, shards.steps() - 1)).isEqualTo(shards.size(2));
    assertThat(shards.start(3)).isEqualTo(2_000_000_000);
  }

  /** 2⁴⁰ samples: products of counts are beyond a long. */
  @Test
  void moreSamplesThanAnIntCountsAreDealtExactly() {
    long[] sizes = {1L << 38, (1L << 39) + 12_345, 7, (1L << 38) - 12_352};
    Shards shards = Shards.ofSizes(sizes, 1 << 20);
    int last = shards.steps() - 1;
    for (int v = 0; v < sizes.length; v++) {
      assertThat(shards.to(v, last)).isEqualTo(sizes[v]);
      assertThat(shards.samples(v, last / 3)).isBetween(0, shards.most(v));
    }
    int samples = 0;
    for (int v = 0; v < sizes.length; v++) {
      samples += shards.samples(v, last / 3);
    }
    assertThat(samples).isEqualTo(shards.samples(last / 3)).isBetween((1 << 20) - 1, 1 << 20);
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
    assertThatThrownBy(() -> Shards.ofSizes(new long[] {3, -1}, 1))
        .hasMessage("shards: shard 1 has -1 samples; 0 is the least");
  }

  private static int samples(Shards shards, int step, int worker, int workers) {
    int samples = 0;
    int end = Shards.firstShard(worker + 1, workers, shards.count());
    for (int v = Shards.firstShard(worker, workers, shards.count()); v < end; v++) {
      samples += shards.samples(v, step);
    }
    return samples;
  }

  /** What holds of shards of the same size besides. */
  private static void checkEven(Shards shards) {
    checkEpoch(shards);
    int fewestOfAShard = Integer.MAX_VALUE;
    for (int step = 0; step < shards.steps(); step++) {
      int part = shards.samples(step) / shards.count();
      for (int v = 0; v < shards.count(); v++) {
        int own = shards.samples(v, step);
        assertThat(own).isBetween(part, part + 1);
        fewestOfAShard = own == 0 ? fewestOfAShard : Math.min(fewestOfAShard, own);
      }
    }
    assertThat(shards.fewestOfAShard()).isEqualTo(fewestOfAShard);
    for (int v = 0; v < shards.count(); v++) {
      long part = shards.total() / shards.count();
      assertThat(shards.size(v)).isBetween(part, part + 1);
    }
  }

  private static void checkEpoch(Shards shards) {
    SampleOrder whole = SampleOrder.ofShards(1, shards.total());
    for (int workers = 1; workers <= 3; workers++) {
      int[] seen = new int[(int) shards.total()];
      for (int step = 0; step < shards.steps(); step++) {
        int samples = 0;
        for (int worker = 0; worker < workers; worker++) {
          int end = Shards.firstShard(worker + 1, workers, shards.count());
          for (int v = Shards.firstShard(worker, workers, shards.count()); v < end; v++) {
            samples += read(shards, whole, v, step, seen);
          }
        }
        assertThat(samples).isEqualTo(shards.samples(step)).isBetween(1, shards.batchSize());
        int mean = (int) (shards.total() / shards.steps());
        assertThat(samples).isBetween(mean, mean + 1);
        assertThat(shards.fewest()).isEqualTo(mean);
      }
      assertThat(seen).containsOnly(seen.length == 0 ? new int[0] : new int[] {1});
    }
  }

  /** Counts a shard's samples of a step as seen; how many they are. */
  private static int read(Shards shards, SampleOrder whole, int v, int step, int[] seen) {
    SampleOrder order = SampleOrder.of(1, 0, v, shards.size(v));
    long from = shards.from(v, step);
    long to = shards.to(v, step);
    assertThat(to - from).isBetween(0L, (long) shards.most(v));
    if (to > from) {
      assertThat(to - from).isGreaterThanOrEqualTo(shards.fewestOfAShard());
    }
    for (long position = from; position < to; position++) {
      seen[(int) whole.at(shards.start(v) + order.at(position))]++;
    }
    return (int) (to - from);
  }
}
