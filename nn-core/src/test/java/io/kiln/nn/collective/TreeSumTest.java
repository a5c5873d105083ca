package io.kiln.nn.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.collective.Collective.Place;
import io.kiln.nn.collective.ShardTree.Node;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TreeSumTest {
  private static final Place ONLY = new Place(0, 1);

  /** The definition, word by word. */
  private static float[] sum(float[][] shards, int level, int index) {
    int shard = index << level;
    if (level == 0) {
      return shards[shard].clone();
    }
    float[] sum = sum(shards, level - 1, 2 * index);
    if ((2 * index + 1) << (level - 1) < shards.length) {
      float[] right = sum(shards, level - 1, 2 * index + 1);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += right[i];
      }
    }
    return sum;
  }

  static float[] reference(float[][] shards) {
    return sum(shards, new ShardTree(shards.length).height(), 0);
  }

  static float[][] wild(int shards, int n, long seed) {
    Random random = new Random(seed);
    float[][] values = new float[shards][n];
    for (float[] row : values) {
      for (int i = 0; i < n; i++) {
        row[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30));
      }
    }
    return values;
  }

  private static Tensor tensor(float[] values) {
    return Tensor.of(values, 0, Shape.of(values.length));
  }

  @Test
  void anyOrderOfShardsGivesTheSameBits() {
    long seed = Long.getLong("seed", System.nanoTime());
    for (int shards = 1; shards <= 17; shards++) {
      float[][] values = wild(shards, 5, seed + shards);
      float[] expected = reference(values);
      TreeSum sum = new TreeSum(new ShardTree(shards), ONLY, DType.FLOAT32, 5);
      for (int round = 0; round < 10; round++) {
        List<Integer> order = new ArrayList<>();
        for (int v = 0; v < shards; v++) {
          order.add(v);
        }
        Collections.shuffle(order, new Random(seed + round));
        for (int v : order) {
          if ((v + round) % 3 == 0) {
            sum.lend(v, tensor(values[v].clone()));
          } else {
            sum.add(v, tensor(values[v]));
          }
        }
        Tensor out = tensor(new float[5]);
        Collective.alone().allReduce(sum, out);
        assertThat(out.floats()).as("seed %d, %d shards", seed, shards).isEqualTo(expected);
      }
    }
  }

  @Test
  void threadsMayAddAtTheSameTime() throws Exception {
    int shards = 64;
    float[][] values = wild(shards, 1000, 3);
    TreeSum sum = new TreeSum(new ShardTree(shards), ONLY, DType.FLOAT32, 1000);
    for (int round = 0; round < 50; round++) {
      Thread[] threads = new Thread[4];
      for (int t = 0; t < threads.length; t++) {
        int from = t;
        threads[t] =
            new Thread(
                () -> {
                  for (int v = from; v < shards; v += 4) {
                    sum.add(v, tensor(values[v]));
                  }
                });
        threads[t].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      Tensor out = tensor(new float[1000]);
      Collective.alone().allReduce(sum, out);
      assertThat(out.floats()).isEqualTo(reference(values));
    }
  }

  @Test
  void coversAreTheFewestNodesInOrder() {
    ShardTree tree = new ShardTree(8);
    assertThat(tree.cover(0, 8)).containsExactly(new Node(3, 0));
    assertThat(tree.cover(1, 7))
        .containsExactly(new Node(0, 1), new Node(1, 1), new Node(1, 2), new Node(0, 6));
    assertThat(tree.cover(3, 3)).isEmpty();
    assertThat(new ShardTree(5).cover(4, 5)).containsExactly(new Node(2, 1));
    assertThat(new ShardTree(5).cover(0, 5)).containsExactly(new Node(3, 0));
    assertThat(new ShardTree(1).cover(0, 1)).containsExactly(new Node(0, 0));
  }

  @Test
  void workersShareTheShardsWithoutGaps() {
    ShardTree tree = new ShardTree(10);
    assertThat(tree.first(0, 4)).isZero();
    assertThat(tree.first(1, 4)).isEqualTo(2);
    assertThat(tree.first(2, 4)).isEqualTo(5);
    assertThat(tree.first(4, 4)).isEqualTo(10);
  }

  @Test
  void mistakesAreNamed() {
    TreeSum sum = new TreeSum(new ShardTree(4), new Place(1, 2), DType.FLOAT32, 2);
    Tensor two = tensor(new float[2]);
    assertThatThrownBy(() -> sum.add(1, two))
        .hasMessage("tree sum: shard 1 came but this worker has 2 to 3");
    assertThatThrownBy(() -> sum.add(2, tensor(new float[3])))
        .hasMessage("tree sum: float32[3] came but 2 numbers of float32 are added");
    sum.add(2, two);
    assertThatThrownBy(() -> sum.add(2, two))
        .hasMessage("tree sum: shard 2 came twice in one step; give every shard once");
    assertThatThrownBy(() -> sum.checkReady(new Place(1, 2), two))
        .hasMessageStartingWith("all-reduce: shard 3 is missing; add every shard from 2 to 3");
    assertThatThrownBy(() -> sum.checkReady(ONLY, two))
        .hasMessageContaining("but rank 0 of 1 has others");
    assertThatThrownBy(() -> new ShardTree(0)).hasMessageContaining("0 shards came");
  }
}
