package io.kiln.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
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
}
