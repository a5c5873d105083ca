package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a save that fails. */
@Timeout(1200)
class SaverTest {
  /** Fails so many times. */
  private static final class Failing implements FitListener {
    final List<Long> saved = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger left;

    Failing(int times) {
      left = new AtomicInteger(times);
    }

    @Override
    public void onCheckpoint(FitState state) throws IOException {
      if (left.getAndDecrement() > 0) {
        throw new IOException("NameNode is in safe mode");
      }
      saved.add(state.step());
    }

    @Override
    public void onSaveFailed(long step, IOException why) {}
  }

  private static FitState state(long step) {
    return new FitState(
        step,
        new double[4],
        Tensor.zeros(Shape.of(3), DType.FLOAT32),
        Map.of(),
        List.of(),
        Map.of());
  }

  @Test
  void aSaveThatFailsIsTriedAgainUntilItSucceeds() throws IOException {
    Failing failing = new Failing(3);
    try (Saver saver = new Saver(failing, Duration.ofMillis(1), Duration.ofMinutes(1))) {
      saver.save(state(10));
      saver.finish(true);
    }
    assertThat(failing.saved).containsExactly(10L);
  }

  @Test
  void aNewerStateTakesThePlaceOfOneThatCannotBeSaved() throws Exception {
    Failing failing = new Failing(1);
    try (Saver saver = new Saver(failing, Duration.ofDays(1), Duration.ofMinutes(1))) {
      saver.save(state(10));
      saver.save(state(20));
      saver.finish(true);
    }
    assertThat(failing.saved).containsExactly(20L);
  }

  @Test
  void whoIsAskedToLeaveAndCannotSaveSaysSo() {
    Failing failing = new Failing(Integer.MAX_VALUE);
    assertThatThrownBy(
            () -> {
              try (Saver saver = new Saver(failing, Duration.ofMillis(1), Duration.ofMillis(50))) {
                saver.save(state(10));
                saver.finish(true);
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("fit: its last state could not be saved; NameNode is in safe mode");
  }
}
