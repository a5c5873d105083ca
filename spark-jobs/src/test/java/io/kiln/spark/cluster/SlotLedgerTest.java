package io.kiln.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others do before a ledger is there takes no slot for ever. */
@Tag("spark")
@Timeout(300)
class SlotLedgerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void tasksThatEndAsTheLedgerIsMadeAreGone() throws Exception {
    for (int round = 0; round < 20; round++) {
      try (JavaSparkContext spark = TestSpark.start("local[2]")) {
        spark.parallelize(List.of(1, 2, 3, 4), 4).map(x -> x + 1).count();
        // Their ends are still on their way to whoever listens.
        try (Lease two = SlotLedger.of(spark).lease(Wish.of(2, 1), PATIENCE)) {
          assertThat(two.workers()).isEqualTo(2);
        }
      }
    }
  }

  /** A gang that waits for more slots than are free is not passed by scoring that could begin. */
  @Test
  void scoringWaitsForItsTurnAndHoldsItsSlots() throws Exception {
    try (JavaSparkContext spark = TestSpark.start("local[2]")) {
      SlotLedger ledger = SlotLedger.of(spark);
      List<String> order = Collections.synchronizedList(new ArrayList<>());
      ExecutorService pool = Executors.newFixedThreadPool(2);
      Future<?> gang;
      Future<?> scoring;
      try (Lease one = ledger.lease(Wish.of(1, 1), PATIENCE)) {
        assertThat(one.workers()).isEqualTo(1);
        gang =
            pool.submit(
                () -> {
                  try (Lease two = ledger.lease(Wish.of(2, 1), PATIENCE)) {
                    order.add("gang of " + two.workers());
                  }
                  return order;
                });
        while (ledger.waiting() < 1) {
          Thread.sleep(10);
        }
        scoring =
            pool.submit(
                () ->
                    LeasedTasks.run(
                        spark,
                        4,
                        () -> {
                          order.add("scoring");
                          return spark.parallelize(List.of(1, 2, 3, 4), 4).map(x -> x).count();
                        }));
        while (ledger.waiting() < 2) {
          Thread.sleep(10);
        }
        assertThat(order).isEmpty();
      }
      try {
        gang.get();
        assertThat(scoring.get()).isEqualTo(4L);
      } finally {
        pool.shutdownNow();
      }
      assertThat(order).containsExactly("gang of 2", "scoring");
      // While its tasks run, nothing is left for others.
      Integer free =
          LeasedTasks.run(
              spark,
              2,
              () -> {
                spark.parallelize(List.of(1, 2), 2).count();
                return ledger.free();
              });
      assertThat(free).isZero();
      assertThat(ledger.free()).isEqualTo(2);
    }
  }
}
