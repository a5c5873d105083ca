package io.kiln.nn.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CollectiveTest {
  private static final int ALWAYS_SLICES = 0;

  private static float[] reduce(Collective collective, float[][] shards, boolean lend) {
    TreeSum sum =
        new TreeSum(
            new ShardTree(shards.length), collective.place(), DType.FLOAT32, shards[0].length);
    Tensor out = Tensor.zeros(Shape.of(shards[0].length), DType.FLOAT32);
    for (int step = 0; step < 3; step++) {
      for (int v = sum.first(); v < sum.end(); v++) {
        Tensor gradient = Tensor.of(shards[v].clone(), 0, Shape.of(shards[v].length));
        if (lend && v == sum.end() - 1) {
          out.copyFrom(gradient);
          sum.lend(v, out);
        } else {
          sum.add(v, gradient);
        }
      }
      collective.allReduce(sum, out);
    }
    return out.floats();
  }

  @ParameterizedTest
  @EnumSource(Workers.Way.class)
  void sumsHaveTheSameBitsForEveryNumberOfWorkers(Workers.Way way) throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    int[] lengths = {1, 100, 70_001};
    for (int shards = 1; shards <= 17; shards++) {
      float[][] values = TreeSumTest.wild(shards, lengths[shards % 3], seed + shards);
      float[] expected = TreeSumTest.reference(values);
      for (int size = 1; size <= 5; size++) {
        for (int longVector : new int[] {ALWAYS_SLICES, Integer.MAX_VALUE}) {
          boolean lend = (shards + size) % 2 == 0;
          List<float[]> sums = Workers.run(size, way, longVector, c -> reduce(c, values, lend));
          for (float[] sum : sums) {
            assertThat(sum)
                .as("seed %d, %d shards, %d workers", seed, shards, size)
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void eightWorkersDoubleThreeTimes() throws Exception {
    float[][] values = TreeSumTest.wild(16, 1000, 5);
    for (float[] sum :
        Workers.run(8, Workers.Way.SOCKETS, Integer.MAX_VALUE, c -> reduce(c, values, false))) {
      assertThat(sum).isEqualTo(TreeSumTest.reference(values));
    }
  }

  @Test
  void float64IsSummedToo() throws Exception {
    List<Tensor> sums =
        Workers.run(
            3,
            Workers.Way.SOCKETS,
            ALWAYS_SLICES,
            c -> {
              TreeSum sum = new TreeSum(new ShardTree(3), c.place(), DType.FLOAT64, 20_000);
              Tensor mine = Tensor.zeros(Shape.of(20_000), DType.FLOAT64);
              mine.fill(1e-9 + c.rank());
              sum.add(c.rank(), mine);
              Tensor out = Tensor.zeros(Shape.of(20_000), DType.FLOAT64);
              c.allReduce(sum, out);
              return out;
            });
    for (Tensor sum : sums) {
      assertThat(sum.doubles()).containsOnly(1e-9 + (1 + 1e-9) + (2 + 1e-9));
    }
  }

  @Test
  void longVectorsDoNotBlockEachOther() throws Exception {
    float[][] values = TreeSumTest.wild(2, 6_000_000, 7);
    for (Workers.Way way : Workers.Way.values()) {
      for (int longVector : new int[] {ALWAYS_SLICES, Integer.MAX_VALUE}) {
        for (float[] sum : Workers.run(2, way, longVector, c -> reduce(c, values, true))) {
          assertThat(sum).isEqualTo(TreeSumTest.reference(values));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Workers.Way.class)
  void broadcastGivesRankZerosBits(Workers.Way way) throws Exception {
    for (int n : new int[] {1, 17, 100_000}) {
      float[] value = TreeSumTest.wild(1, n, 11)[0];
      value[0] = -0.0f;
      List<float[]> got =
          Workers.run(
              4,
              way,
              ALWAYS_SLICES,
              c -> {
                float[] mine = c.rank() == 0 ? value.clone() : new float[n];
                c.broadcast(Tensor.of(mine, 0, Shape.of(n)));
                return mine;
              });
      for (float[] one : got) {
        assertThat(one).isEqualTo(value);
        assertThat(Float.floatToRawIntBits(one[0])).isEqualTo(Float.floatToRawIntBits(-0.0f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Workers.Way.class)
  void exchangeGivesEverybodysBytesInRankOrder(Workers.Way way) throws Exception {
    for (byte[][] all :
        Workers.run(
            3,
            way,
            ALWAYS_SLICES,
            c -> c.exchange("x".repeat(c.rank() * 100_000).getBytes(StandardCharsets.US_ASCII)))) {
      assertThat(all).hasNumberOfRows(3);
      assertThat(all[0]).isEmpty();
      assertThat(all[2]).hasSize(200_000).containsOnly('x');
      assertThat(all[1]).hasSize(100_000);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Workers.Way.class,
      names = {"MEMORY", "SHARED", "SOCKETS"})
  void nothingIsAllocatedOnceAllBuffersAreThere(Workers.Way way) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int longVector : new int[] {ALWAYS_SLICES, Integer.MAX_VALUE}) {
      List<Long> allocated =
          Workers.run(
              2,
              way,
              longVector,
              c -> {
                TreeSum sum = new TreeSum(new ShardTree(8), c.place(), DType.FLOAT32, 50_000);
                Tensor vector = Tensor.zeros(Shape.of(50_000), DType.FLOAT32);
                long before = 0;
                for (int step = 0; step < 3000; step++) {
                  if (step == 2000) {
                    before = threads.getCurrentThreadAllocatedBytes();
                  }
                  for (int v = sum.first(); v < sum.end(); v++) {
                    sum.add(v, vector);
                  }
                  c.allReduce(sum, vector);
                }
                return threads.getCurrentThreadAllocatedBytes() - before;
              });
      for (long bytes : allocated) {
        assertThat(bytes / 1000).as("bytes a call").isLessThan(200);
      }
      System.out.println(way + " bytes in 1000 calls: " + allocated);
    }
  }

  @Test
  void vectorsOfUnequalLengthAreRefused() {
    assertThatThrownBy(
            () ->
                Workers.run(
                    2,
                    Workers.Way.SOCKETS,
                    ALWAYS_SLICES,
                    c -> {
                      int n = 100 + c.rank();
                      return reduce(c, new float[2][n], false);
                    }))
        .isInstanceOf(PeerException.class)
        .hasMessageContaining(
            "peer 1 on 127.0.0.1: it came with 101 numbers but this worker has 100");
  }

  @Test
  void differentCallsAreRefused() {
    assertThatThrownBy(
            () ->
                Workers.run(
                    2,
                    Workers.Way.MEMORY,
                    ALWAYS_SLICES,
                    c -> {
                      if (c.rank() == 0) {
                        return c.exchange(new byte[0]);
                      }
                      c.broadcast(Tensor.zeros(Shape.of(3), DType.FLOAT32));
                      return new byte[0][];
                    }))
        .isInstanceOf(PeerException.class)
        .hasMessageContaining(
            "it is at call 1 (BROADCAST) but this worker is at call 1 (EXCHANGE)");
  }

  @Test
  void differentShardsAreRefused() {
    assertThatThrownBy(
            () ->
                Workers.run(
                    2,
                    Workers.Way.MEMORY,
                    ALWAYS_SLICES,
                    c -> reduce(c, new float[2 + 2 * c.rank()][10], false)))
        .isInstanceOf(PeerException.class)
        .hasMessageContaining("its shards or precision differ");
  }

  @ParameterizedTest
  @EnumSource(Workers.Way.class)
  void closingEndsAWaitingCall(Workers.Way way) throws Exception {
    List<String> said =
        Workers.run(
            2,
            way,
            ALWAYS_SLICES,
            c -> {
              if (c.rank() == 1) {
                Thread.sleep(300);
                return "left";
              }
              try {
                c.exchange(new byte[1]);
                return "went through";
              } catch (PeerException e) {
                return String.valueOf(e.getMessage());
              }
            });
    assertThat(said).containsExactly("peer 1 on 127.0.0.1: it closed the connection", "left");
  }

  @ParameterizedTest
  @EnumSource(Workers.Way.class)
  void interruptionEndsAWaitingCall(Workers.Way way) throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    List<Boolean> interrupted =
        Workers.run(
            2,
            way,
            ALWAYS_SLICES,
            c -> {
              if (c.rank() == 1) {
                ended.await();
                return true;
              }
              Thread self = Thread.currentThread();
              new Thread(self::interrupt).start();
              try {
                c.exchange(new byte[1]);
                return false;
              } catch (java.util.concurrent.CancellationException e) {
                return Thread.interrupted();
              } finally {
                ended.countDown();
              }
            });
    assertThat(interrupted).containsOnly(true);
  }

  @Test
  void eachSaysHowItReachesTheOthers() throws Exception {
    assertThat(Workers.run(2, Workers.Way.MEMORY, ALWAYS_SLICES, Collective::way))
        .containsOnly("memory of one JVM");
    assertThat(Workers.run(3, Workers.Way.SHARED, ALWAYS_SLICES, Collective::way))
        .containsOnly("shared memory");
    assertThat(Workers.run(2, Workers.Way.SOCKETS, ALWAYS_SLICES, Collective::way))
        .containsOnly("sockets");
    assertThat(Collective.alone().way()).isEqualTo("alone");
  }

  @Test
  void leavingWhileTheOtherSleepsIsNoticed() throws Exception {
    List<String> said =
        Workers.run(
            2,
            Workers.Way.SHARED,
            ALWAYS_SLICES,
            c -> {
              c.exchange(new byte[3_000_000]); // more than the rings hold
              if (c.rank() == 1) {
                return "left";
              }
              try {
                c.exchange(new byte[3_000_000]);
                return "went through";
              } catch (PeerException e) {
                return String.valueOf(e.getMessage());
              }
            });
    assertThat(said.get(0)).startsWith("peer 1 on 127.0.0.1: ");
    assertThat(said.get(1)).isEqualTo("left");
  }
}
