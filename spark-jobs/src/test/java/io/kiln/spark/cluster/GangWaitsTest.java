package io.kiln.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for whom, and what ends it. */
@Tag("spark")
@Timeout(1200)
class GangWaitsTest {
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

  /** Held by the receiver until the task is over; a task in this JVM sees the same one. */
  private static final CountDownLatch TASK_OVER = new CountDownLatch(1);

  @Test
  void aReceiverThatIsSlowLosesNothingAndHoldsNobodyUp() {
    spark
        .sc()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onTaskEnd(SparkListenerTaskEnd end) {
                TASK_OVER.countDown();
              }
            });
    AtomicInteger heard = new AtomicInteger();
    byte[] report = new byte[1000];
    Gang.run(
        spark,
        options(1),
        context -> {
          for (int i = 0; i < 20_000; i++) {
            context.report(report);
          }
          return "";
        },
        message -> {
          if (heard.getAndIncrement() == 0) {
            try {
              // 20 MB fit into no socket: a worker that had to wait for this would wait for ever.
              TASK_OVER.await();
              // Heartbeats go to a socket that the worker has closed.
              Thread.sleep(2500);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        });
    assertThat(heard).hasValue(20_000);
  }

  private static final CountDownLatch BEFORE_RUNS = new CountDownLatch(1);
  private static final CountDownLatch BEFORE_GOES_ON = new CountDownLatch(1);

  @Test
  void interruptingTheDriverEndsAJobThatStillWaitsForItsData() throws Exception {
    JavaRDD<Integer> rows =
        spark
            .parallelize(List.of(1, 2), 2)
            .map(
                row -> {
                  BEFORE_RUNS.countDown();
                  BEFORE_GOES_ON.await();
                  return row;
                })
            .repartition(2);
    Throwable[] thrown = new Throwable[1];
    Thread caller =
        new Thread(
            () -> {
              try {
                new Gang(spark, options(2)).run(rows, (context, values) -> 0, message -> {});
              } catch (CancellationException e) {
                thrown[0] = e;
              }
            });
    caller.start();
    BEFORE_RUNS.await();
    caller.interrupt();
    caller.join();
    assertThat(thrown[0]).isInstanceOf(CancellationException.class);
    while (spark.statusTracker().getActiveJobIds().length > 0) {
      Thread.sleep(20); // Its tasks would wait for ever.
    }
    assertThat(Gang.run(spark, options(2), GangContext::size, message -> {})).hasSize(2);
  }

  @Test
  void slotsThatVanishAfterTheyWereCountedAreNotWaitedForLongerThanWorkersAre() {
    GangOptions two = options(3);
    GangOptions three =
        new GangOptions(
            3,
            1,
            0,
            false,
            0,
            0,
            two.slotTimeout(),
            Duration.ofSeconds(1),
            two.readDeadline(),
            two.heartbeatTimeout());
    JavaRDD<Integer> rows = spark.parallelize(List.of(1, 2, 3), 3);
    assertThatThrownBy(
            () ->
                new Gang(spark, three)
                    .run(
                        new Lease(SlotLedger.of(spark), -1, 3, 1, Map.of()),
                        rows,
                        (context, values) -> 0,
                        message -> {}))
        .isInstanceOfSatisfying(
            AttemptFailedException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("0 of 3 workers came within 1 s");
    assertThat(Gang.run(spark, options(2), GangContext::size, message -> {})).hasSize(2);
  }
}
