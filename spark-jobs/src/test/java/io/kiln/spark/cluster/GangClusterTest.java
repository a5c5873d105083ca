package io.kiln.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.collective.ShardTree;
import io.kiln.nn.collective.TreeSum;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Executors with processes of their own, which can die. No test depends on how long that takes:
 * what is noticed says by its message how it was noticed.
 */
@Tag("spark")
@Timeout(1200)
class GangClusterTest {
  /** No busy machine needs as long. */
  private static final Duration LONG = Duration.ofMinutes(30);

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
    return GangOptions.of(spark.getConf(), 2).withSlotTimeout(LONG).withSilence(LONG, LONG);
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

  @Test
  void executorsOfOneMachineShareMemory() {
    List<String> ways =
        Gang.run(
            spark,
            options(),
            context -> context.collective().way() + ": " + sum(context),
            message -> {});
    assertThat(ways).containsOnly("shared memory: 3.0");
  }

  @Test
  void workersOfTwoProcessesMeet() {
    for (int i = 0; i < 4; i++) {
      List<String> results =
          Gang.run(
              spark,
              options(),
              context -> context.workers().get(context.rank()).jvm() + " " + sum(context),
              message -> {});
      assertThat(results).allMatch(text -> text.endsWith(" 3.0"));
      assertThat(results.get(0)).isNotEqualTo(results.get(1));
    }
  }

  @Test
  void encryptedWorkersMeetToo() {
    assertThat(Gang.run(spark, options().withEncrypt(true), GangClusterTest::sum, message -> {}))
        .containsExactly(3.0f, 3.0f);
  }

  @Test
  void aKilledExecutorIsNoticedAndTheNextAttemptSucceeds() {
    List<Integer> numbers = new ArrayList<>();
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
                          Runtime.getRuntime().halt(42);
                        }
                      }
                      return sum(context);
                    },
                    message -> {});
              } catch (AttemptFailedException e) {
                assertThat(e.rank()).isEqualTo(1);
                assertThat(e).hasMessageContaining("its process ended without a word");
                throw e;
              }
            });
    assertThat(sums).containsExactly(3.0f, 3.0f);
    assertThat(numbers).containsExactly(0, 1);
  }

  @Test
  void aHungExecutorIsNoticedAndReplaced() {
    Set<String> failures = new LinkedHashSet<>();
    List<Float> sums =
        new Attempts(10, Attempts.DEFAULT.backOff())
            .run(
                () -> 0,
                number -> {
                  try {
                    return Gang.run(
                        spark,
                        options()
                            .withAttempt(number)
                            .withSilence(LONG, Duration.ofSeconds(number == 0 ? 10 : 1000)),
                        context -> {
                          sum(context);
                          if (context.rank() == 0 && context.attempt() == 0) {
                            new ProcessBuilder(
                                    "kill", "-STOP", String.valueOf(ProcessHandle.current().pid()))
                                .start()
                                .waitFor();
                            Thread.sleep(5_000);
                          }
                          return sum(context);
                        },
                        message -> {});
                  } catch (AttemptFailedException e) {
                    failures.add(String.valueOf(e.getMessage()));
                    throw e;
                  }
                });
    assertThat(failures).first().asString().contains("no sign of life for 10 s");
    assertThat(sums).containsExactly(3.0f, 3.0f);
  }

  @Test
  void missingSlotsAreToldInTime() {
    GangOptions three = GangOptions.of(spark.getConf(), 3).withSlotTimeout(Duration.ofSeconds(2));
    assertThatThrownBy(() -> Gang.run(spark, three, context -> 0, message -> {}))
        .isInstanceOf(ResourcesException.class)
        .hasMessageContaining("after 2 s, but 3 workers need one each");
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
