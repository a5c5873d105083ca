package io.kiln.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.collective.ShardTree;
import io.kiln.nn.collective.TreeSum;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Executors with processes of their own, which can die. */
@Tag("spark")
@Timeout(240)
class GangClusterTest {
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark = TestSpark.start("local-cluster[2,1,1024]");
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  private static GangOptions options() {
    return GangOptions.of(spark.getConf(), 2)
        .withSlotTimeout(Duration.ofSeconds(90))
        .withSilence(Duration.ofSeconds(60), Duration.ofSeconds(3));
  }

  private static float sum(GangContext context) {
    TreeSum sum =
        new TreeSum(
            new ShardTree(context.size()), context.collective().place(), DType.FLOAT32, 1000);
    Tensor one = Tensor.zeros(Shape.of(1000), DType.FLOAT32);
    one.fill(context.rank() + 1);
    sum.lend(context.rank(), one);
    context.collective().allReduce(sum, one);
    return one.floats()[999];
  }

  private static byte[] bytes(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  @Test
  void workersOfTwoProcessesMeetWithinASecond() {
    List<Long> starts = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 4; i++) {
      long submitted = System.currentTimeMillis();
      List<String> results =
          Gang.run(
              spark,
              options(),
              context -> {
                float sum = sum(context);
                context.report(bytes(System.currentTimeMillis()));
                return context.workers().get(context.rank()).jvm() + " " + sum;
              },
              message -> starts.add(ByteBuffer.wrap(message.body()).getLong() - submitted));
      assertThat(results).allMatch(text -> text.endsWith(" 3.0"));
      assertThat(results.get(0)).isNotEqualTo(results.get(1));
    }
    System.out.println("submission to first all-reduce, ms: " + starts);
    assertThat(Collections.min(starts)).isLessThan(1000);
  }

  @Test
  void encryptedWorkersMeetToo() {
    assertThat(Gang.run(spark, options().withEncrypt(true), GangClusterTest::sum, message -> {}))
        .containsExactly(3.0f, 3.0f);
  }

  @Test
  void aKilledExecutorIsNoticedAndTheNextAttemptSucceeds() {
    List<Integer> numbers = new ArrayList<>();
    long[] died = new long[1];
    long[] noticed = new long[1];
    List<Float> sums =
        Attempts.DEFAULT.run(
            () -> 0,
            number -> {
              numbers.add(number);
              try {
                return Gang.run(
                    spark,
                    options().withAttempt(number),
                    context -> {
                      for (int step = 0; step < 100; step++) {
                        sum(context);
                        if (step == 50 && context.rank() == 1 && context.attempt() == 0) {
                          context.report(bytes(System.currentTimeMillis()));
                          Runtime.getRuntime().halt(42);
                        }
                      }
                      return sum(context);
                    },
                    message -> died[0] = ByteBuffer.wrap(message.body()).getLong());
              } catch (AttemptFailedException e) {
                noticed[0] = System.currentTimeMillis() - died[0];
                assertThat(e.rank()).isEqualTo(1);
                assertThat(e).hasMessageContaining("its process ended without a word");
                throw e;
              }
            });
    System.out.println("executor's death noticed after ms: " + noticed[0]);
    assertThat(sums).containsExactly(3.0f, 3.0f);
    assertThat(numbers).containsExactly(0, 1);
    assertThat(noticed[0]).isLessThan(10_000);
  }

  @Test
  void aHungExecutorIsNoticedAndReplaced() {
    long[] stopped = new long[1];
    long[] noticed = new long[1];
    List<Float> sums =
        Attempts.DEFAULT.run(
            () -> 0,
            number -> {
              try {
                return Gang.run(
                    spark,
                    options().withAttempt(number),
                    context -> {
                      sum(context);
                      if (context.rank() == 0 && context.attempt() == 0) {
                        context.report(bytes(System.currentTimeMillis()));
                        new ProcessBuilder(
                                "kill", "-STOP", String.valueOf(ProcessHandle.current().pid()))
                            .start()
                            .waitFor();
                        Thread.sleep(5_000);
                      }
                      return sum(context);
                    },
                    message -> stopped[0] = ByteBuffer.wrap(message.body()).getLong());
              } catch (AttemptFailedException e) {
                noticed[0] = System.currentTimeMillis() - stopped[0];
                assertThat(e.rank()).isZero();
                assertThat(e).hasMessageContaining("no sign of life for 3 s");
                throw e;
              }
            });
    System.out.println(
        "hung executor noticed after ms: "
            + noticed[0]
            + ", done after "
            + (System.currentTimeMillis() - stopped[0]));
    assertThat(noticed[0]).isLessThan(15_000);
    assertThat(sums).containsExactly(3.0f, 3.0f);
  }

  @Test
  void missingSlotsAreToldInTime() {
    long start = System.nanoTime();
    GangOptions three = GangOptions.of(spark.getConf(), 3).withSlotTimeout(Duration.ofSeconds(2));
    assertThatThrownBy(() -> Gang.run(spark, three, context -> 0, message -> {}))
        .isInstanceOf(ResourcesException.class)
        .hasMessageContaining("after 2 s, but 3 workers need one each");
    assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
  }

  @Test
  void anOutOfMemoryErrorIsNamed() {
    assertThatThrownBy(
            () ->
                Gang.run(
                    spark,
                    options(),
                    context -> {
                      if (context.rank() == 0) {
                        throw new OutOfMemoryError("Java heap space");
                      }
                      return sum(context);
                    },
                    message -> {}))
        .isInstanceOf(AttemptFailedException.class)
        .hasMessageContaining("worker 0")
        .hasCauseInstanceOf(OutOfMemoryError.class);
  }
}
