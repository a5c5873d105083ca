package io.kiln.nn.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CrewTest {
  /** 1 to 3 look closely on some machines; 40 sleep at once on most. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 40})
  void everyPartRunsOnceAndIsDoneWhenRunReturns(int size) {
    AtomicIntegerArray done = new AtomicIntegerArray(size);
    try (Crew crew = new Crew(size)) {
      for (int round = 1; round <= 200; round++) {
        crew.run(done::incrementAndGet);
        for (int part = 0; part < size; part++) {
          assertThat(done.get(part)).isEqualTo(round);
        }
      }
      assertThat(crew.threadIds()).hasSize(size).doesNotHaveDuplicates();
    }
  }

  @Test
  void helpersThatFellAsleepAreWoken() throws InterruptedException {
    AtomicIntegerArray done = new AtomicIntegerArray(3);
    try (Crew crew = new Crew(3)) {
      for (int round = 0; round < 5; round++) {
        crew.run(done::incrementAndGet);
        Thread.sleep(20);
      }
    }
    assertThat(done.get(0) + done.get(1) + done.get(2)).isEqualTo(15);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void whatAPartThrowsTheCallerThrowsOnceAllAreAtRest(int bad) {
    AtomicIntegerArray done = new AtomicIntegerArray(3);
    try (Crew crew = new Crew(3)) {
      for (int round = 1; round <= 10; round++) {
        assertThatThrownBy(
                () ->
                    crew.run(
                        part -> {
                          done.incrementAndGet(part);
                          if (part == bad) {
                            throw new IllegalStateException("part " + part);
                          }
                        }))
            .hasMessage("part " + bad);
        assertThat(done.get(0) + done.get(1) + done.get(2)).isEqualTo(3 * round);
      }
    }
  }
}
