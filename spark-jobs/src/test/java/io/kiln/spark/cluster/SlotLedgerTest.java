package io.kiln.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  private static final CountDownLatch RUNS = new CountDownLatch(1);
  private static final CountDownLatch ENDS = new CountDownLatch(1);

  @Test
  void aTaskFromBeforeHoldsItsSlotUntilItEnds() throws Exception {
    try (JavaSparkContext spark = TestSpark.start("local[2]")) {
      var other =
          spark
              .parallelize(List.of(1), 1)
              .foreachAsync(
                  x -> {
                    RUNS.countDown();
                    ENDS.await();
                  });
      RUNS.await();
      Thread.sleep(500); // until Spark's own list of tasks has it
      SlotLedger ledger = SlotLedger.of(spark);
      try (Lease one = ledger.lease(new Wish(1, 2, 1, 1), PATIENCE)) {
        assertThat(one.workers()).isEqualTo(1);
        assertThat(ledger.couldGrow(one)).isFalse();
        ENDS.countDown();
        other.get(60, TimeUnit.SECONDS);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!ledger.couldGrow(one) && System.nanoTime() < end) {
          Thread.sleep(20);
        }
        assertThat(ledger.couldGrow(one)).isTrue();
      }
    }
  }
}
