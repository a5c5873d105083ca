package io.kiln.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.collective.ShardTree;
import io.kiln.nn.collective.TreeSum;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("spark")
@Timeout(1200)
class GangLocalTest {
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark = TestSpark.start("local[2]");
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  private static GangOptions options(int workers) {
    return GangOptions.of(spark.getConf(), workers).withSlotTimeout(Duration.ofMinutes(10));
  }

  private static float sum(GangContext context) {
    TreeSum sum =
        new TreeSum(new ShardTree(context.size()), context.collective().place(), DType.FLOAT32, 1);
    Tensor one = Tensor.zeros(Shape.of(1), DType.FLOAT32);
    one.fill(context.rank() + 1);
    sum.lend(context.rank(), one);
    context.collective().allReduce(sum, one);
    return one.floats()[0];
  }

  @Test
  void resultsComeInRankOrder() {
    List<String> results =
        Gang.run(
            spark,
            options(2),
            context -> context.rank() + " of " + context.size() + ": " + sum(context),
            message -> {});
    assertThat(results).containsExactly("0 of 2: 3.0", "1 of 2: 3.0");
  }

  @Test
  void oneWorkerNeedsNobody() {
    assertThat(Gang.run(spark, options(1), GangLocalTest::sum, message -> {}))
        .containsExactly(1.0f);
  }

  @Test
  void progressArrivesInOrder() {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    Gang.run(
        spark,
        options(2),
        context -> {
          for (int i = 0; i < 20; i++) {
            context.report((context.rank() + ":" + i).getBytes(StandardCharsets.UTF_8));
          }
          return "";
        },
        message -> heard.add(new String(message.body(), StandardCharsets.UTF_8)));
    for (int rank = 0; rank < 2; rank++) {
      String prefix = rank + ":";
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        expected.add(prefix + i);
      }
      assertThat(heard.stream().filter(text -> text.startsWith(prefix)))
          .containsExactlyElementsOf(expected);
    }
  }

  @Test
  void everyReportIsHeardBeforeTheResultsAreGiven() {
    AtomicInteger heard = new AtomicInteger();
    Gang.run(
        spark,
        options(2),
        context -> {
          for (int i = 0; i < 10; i++) {
            context.report(new byte[1]);
          }
          return "";
        },
        message -> {
          LockSupport.parkNanos(20_000_000);
          heard.incrementAndGet();
        });
    assertThat(heard).hasValue(20);
  }

  @Test
  void anErrorOfTheListenerIsToldEvenIfTheWorkersAreDone() {
    assertThatThrownBy(
            () ->
                Gang.run(
                    spark,
                    options(1),
                    context -> {
                      context.report(new byte[1]);
                      return "";
                    },
                    message -> {
                      LockSupport.parkNanos(200_000_000);
                      throw new IllegalStateException("disk full");
                    }))
        .hasMessageContaining("disk full");
  }

  @Test
  void workersGetTheirPartitionOfTheData() {
    JavaRDD<Integer> rows = spark.parallelize(List.of(1, 2, 3, 4, 5, 6), 2);
    List<Integer> sums =
        new Gang(spark, options(2))
            .run(
                rows,
                (context, values) -> {
                  int sum = 0;
                  while (values.hasNext()) {
                    sum += values.next();
                  }
                  return sum;
                },
                message -> {});
    assertThat(sums).containsExactly(6, 15);
    assertThatThrownBy(
            () -> new Gang(spark, options(1)).run(rows, (context, values) -> 0, message -> {}))
        .hasMessageContaining("the data has 2 partitions but 1 workers need one each");
  }

  @Test
  void moreWorkersThanSlotsAreRefusedAtOnce() {
    // Those who wait say for how long.
    assertThatThrownBy(() -> Gang.run(spark, options(3), context -> 0, message -> {}))
        .isInstanceOf(ResourcesException.class)
        .hasMessage(
            "cluster: 2 task slots are there, 0 of them busy, but 3 workers need one each; use"
                + " --master local[3] or lower cluster.workers");
  }

  @Test
  void theFirstFailureIsToldNotTheCascade() {
    assertThatThrownBy(
            () ->
                Gang.run(
                    spark,
                    options(2),
                    context -> {
                      if (context.rank() == 1) {
                        throw new IllegalStateException("no more of this");
                      }
                      return sum(context);
                    },
                    message -> {}))
        .isInstanceOfSatisfying(
            AttemptFailedException.class,
            e -> {
              assertThat(e).hasMessage("attempt 0: worker 1 on 127.0.0.1: no more of this");
              assertThat(e.rank()).isEqualTo(1);
              assertThat(e.retryable()).isTrue();
            });
  }

  @Test
  void knownExceptionsComeBackAsThemselves() {
    assertThatThrownBy(
            () ->
                Gang.run(
                    spark,
                    options(2),
                    context -> {
                      sum(context);
                      if (context.rank() == 0) {
                        throw new FormatException("/data/x", 16, "it is cut");
                      }
                      return sum(context);
                    },
                    message -> {}))
        .isInstanceOfSatisfying(
            AttemptFailedException.class, e -> assertThat(e.retryable()).isFalse())
        .hasCauseInstanceOf(FormatException.class)
        .cause()
        .hasMessage("/data/x at byte 16: it is cut");
  }

  @Test
  void longComputationEndsWhenAnotherWorkerFails() {
    assertThatThrownBy(
            () ->
                Gang.run(
                    spark,
                    options(2),
                    context -> {
                      if (context.rank() == 0) {
                        throw new ConfigException("model.hidden: bad");
                      }
                      while (true) {
                        context.checkAlive();
                        Thread.onSpinWait();
                      }
                    },
                    message -> {}))
        .hasCauseInstanceOf(ConfigException.class);
  }

  @Test
  void stopReachesEveryWorker() {
    Gang gang = new Gang(spark, options(2));
    List<Integer> steps =
        gang.run(
            context -> {
              int step = 0;
              byte[] vote = new byte[1];
              while (true) {
                vote[0] = (byte) (context.stopRequested() ? 1 : 0);
                byte[][] votes = context.collective().exchange(vote);
                if (votes[0][0] + votes[1][0] > 0) {
                  return step;
                }
                step++;
                if (step == 10) {
                  context.report(new byte[0]);
                }
              }
            },
            message -> gang.stop());
    assertThat(steps.get(0)).isEqualTo(steps.get(1)).isGreaterThanOrEqualTo(10);
  }

  @Test
  void anErrorOfTheListenerEndsTheAttempt() {
    assertThatThrownBy(
            () ->
                Gang.run(
                    spark,
                    options(2),
                    context -> {
                      context.report(new byte[] {1});
                      while (true) {
                        sum(context);
                      }
                    },
                    message -> {
                      throw new IllegalStateException("disk full");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("disk full");
  }

  @Test
  void interruptingTheDriverEndsTheAttempt() throws Exception {
    Thread[] caller = new Thread[1];
    Throwable[] thrown = new Throwable[1];
    caller[0] =
        new Thread(
            () -> {
              try {
                Gang.run(
                    spark,
                    options(2),
                    context -> {
                      context.report(new byte[] {1});
                      while (true) {
                        sum(context);
                      }
                    },
                    message -> caller[0].interrupt());
              } catch (CancellationException e) {
                thrown[0] = e;
              }
            });
    caller[0].start();
    caller[0].join();
    assertThat(thrown[0]).isInstanceOf(CancellationException.class);
    // The slots come back.
    assertThat(Gang.run(spark, options(2), GangLocalTest::sum, message -> {})).hasSize(2);
  }

  @Test
  void encryptedGangsWork() {
    assertThat(Gang.run(spark, options(2).withEncrypt(true), GangLocalTest::sum, message -> {}))
        .containsExactly(3.0f, 3.0f);
  }

  @Test
  void attemptsEndWithoutProgressAndGoOnWithIt() {
    Attempts quick = new Attempts(3, List.of(Duration.ofMillis(1)));
    AtomicInteger made = new AtomicInteger();
    assertThatThrownBy(() -> quick.run(() -> 0, number -> fail(made)))
        .isInstanceOf(AttemptFailedException.class)
        .hasMessageEndingWith("; given up after 3 attempts without progress");
    assertThat(made).hasValue(3);
    made.set(0);
    String result =
        quick.run(
            made::get,
            number -> {
              assertThat(number).isEqualTo(made.get());
              return number == 7 ? "done" : fail(made);
            });
    assertThat(result).isEqualTo("done");
  }

  private static String fail(AtomicInteger made) {
    made.incrementAndGet();
    throw new AttemptFailedException(0, 0, "h", "x", true, new RuntimeException());
  }
}
