package io.kiln.nn.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepperTest {
  /** Class 99 of five: the loss refuses it while the step runs, on the thread with that slice. */
  private static Stepper withBadSlice(int bad, int threads) {
    BenchCase good = Benchmarks.of("mlp-20-16-5-b12");
    AtomicInteger slice = new AtomicInteger();
    BenchCase one =
        new BenchCase(
            good.name(),
            good.network(),
            good.loss(),
            good.batch(),
            (batch, spec, rng) -> {
              good.fill().fill(batch, spec, rng);
              if (slice.getAndIncrement() == bad) {
                batch.target().fill(99);
              }
            });
    return new Stepper(one, threads);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aThreadThatFailsEndsTheStepOnAll(int bad) {
    try (Stepper stepper = withBadSlice(bad, 3)) {
      for (int step = 0; step < 3; step++) {
        assertThatThrownBy(stepper::step)
            .isInstanceOf(RuntimeException.class)
            .hasMessageContaining("target 99 in row 0 but there are 5 classes");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void withoutTroubleItClosesToo(int threads) {
    try (Stepper stepper = withBadSlice(-1, threads)) {
      assertThat(stepper.step()).isPositive();
    }
  }
}
