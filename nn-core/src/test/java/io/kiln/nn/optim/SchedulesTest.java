package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Factors at steps of a fit of 10 epochs with 4 steps each. */
class SchedulesTest {
  @Test
  void constantIsTheDefault() {
    assertThat(Schedules.of(Settings.of("schedule", Map.of())).factor(at(39))).isEqualTo(1);
  }

  @Test
  void exponentialFallsEachEpoch() {
    Schedule schedule = schedule("exponential", "decay", 0.9);
    assertThat(schedule.factor(at(3))).isEqualTo(1);
    assertThat(schedule.factor(at(8))).isCloseTo(0.81, within(1e-12));
  }

  @Test
  void stepFallsEverySoManyEpochs() {
    Schedule schedule = schedule("step", "every", 3, "decay", 0.5);
    assertThat(schedule.factor(at(11))).isEqualTo(1);
    assertThat(schedule.factor(at(12))).isEqualTo(0.5);
    assertThat(schedule.factor(at(39))).isEqualTo(0.125);
  }

  @Test
  void multiStepFallsAfterTheNamedEpochs() {
    Schedule schedule = schedule("multi-step", "at", List.of(2, 5));
    assertThat(schedule.factor(at(7))).isEqualTo(1);
    assertThat(schedule.factor(at(8))).isCloseTo(0.1, within(1e-15));
    assertThat(schedule.factor(at(20))).isCloseTo(0.01, within(1e-15));
  }

  @Test
  void cosineGoesFromOneToTheEnd() {
    Schedule schedule = schedule("cosine", "end", 0.2);
    assertThat(schedule.factor(at(0))).isEqualTo(1);
    assertThat(schedule.factor(at(20))).isCloseTo(0.6, within(1e-12));
    assertThat(schedule.factor(at(40))).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void polynomialOfPowerOneIsALine() {
    Schedule schedule = schedule("polynomial");
    assertThat(schedule.factor(at(10))).isCloseTo(0.75, within(1e-12));
    assertThat(schedule("polynomial", "power", 2).factor(at(10))).isCloseTo(0.5625, within(1e-12));
  }

  @Test
  void warmupRisesInALineAndThenLeavesTheOtherScheduleAlone() {
    Schedule schedule =
        schedule("warmup", "steps", 5, "then", Map.of("type", "step", "every", 1, "decay", 0.5));
    assertThat(schedule.factor(at(0))).isCloseTo(0.2, within(1e-12));
    assertThat(schedule.factor(at(3))).isCloseTo(0.8, within(1e-12));
    assertThat(schedule.factor(at(4))).isCloseTo(0.5, within(1e-12));
    assertThat(schedule.factor(at(9))).isCloseTo(0.25, within(1e-12));
    Schedule epochs = schedule("warmup", "epochs", 2.5, "start", 0.1);
    assertThat(epochs.factor(at(4))).isCloseTo(0.55, within(1e-12));
    assertThat(epochs.factor(at(9))).isEqualTo(1);
  }

  @Test
  void warmupNeedsOneLength() {
    assertThatThrownBy(() -> schedule("warmup"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("optimizer.schedule: give either epochs or steps of the warmup");
  }

  /** Values of PyTorch's OneCycleLR with max_lr = 1 and 40 steps, from its formula. */
  @Test
  void oneCycleRisesAndFalls() {
    Schedule schedule = schedule("one-cycle");
    assertThat(schedule.factor(at(0))).isCloseTo(0.04, within(1e-12));
    assertThat(schedule.factor(at(11))).isCloseTo(1, within(1e-12));
    assertThat(schedule.factor(at(25))).isCloseTo((1 + 4e-6) / 2, within(1e-12));
    assertThat(schedule.factor(at(39))).isCloseTo(4e-6, within(1e-12));
  }

  @Test
  void plateauFallsWhenTheLossHasNotBecomeBetterForLongerThanPatience() {
    Schedule schedule = schedule("plateau", "patience", 1, "decay", 0.5);
    assertThat(factor(schedule, 3, 2, 1)).isEqualTo(1);
    assertThat(factor(schedule, 3, 2, 2.5)).isEqualTo(1);
    assertThat(factor(schedule, 3, 2, 2.5, 2)).isEqualTo(0.5);
    assertThat(factor(schedule, 3, 2, 2.5, 2, 2)).isEqualTo(0.5);
    assertThat(factor(schedule, 3, 2, 2.5, 2, 2, 2)).isEqualTo(0.25);
    assertThat(factor(schedule, 3, Double.NaN, 2.5)).isEqualTo(1);
  }

  @Test
  void plateauCoolsDownAndHasALeastFactor() {
    Schedule schedule =
        schedule("plateau", "patience", 0, "decay", 0.5, "cooldown", 2, "least", 0.3);
    assertThat(factor(schedule, 1, 1)).isEqualTo(0.5);
    assertThat(factor(schedule, 1, 1, 1, 1)).isEqualTo(0.5);
    assertThat(factor(schedule, 1, 1, 1, 1, 1)).isEqualTo(0.3);
  }

  @Test
  void anUnknownScheduleNamesTheNearest() {
    assertThatThrownBy(() -> schedule("cosin"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("optimizer.schedule.type: there is no schedule 'cosin")
        .hasMessageContaining("did you mean cosine");
  }

  private static double factor(Schedule schedule, double... losses) {
    List<Double> list = java.util.Arrays.stream(losses).boxed().toList();
    return schedule.factor(new Schedule.Position(4L * losses.length, 4, 10, list));
  }

  private static Schedule.Position at(long step) {
    return new Schedule.Position(step, 4, 10, Collections.nCopies((int) step / 4, 1.0));
  }

  private static Schedule schedule(String type, Object... settings) {
    Map<String, Object> all = new LinkedHashMap<>(Map.of("type", type));
    for (int i = 0; i < settings.length; i += 2) {
      all.put((String) settings[i], settings[i + 1]);
    }
    return Schedules.of(Settings.of("optimizer.schedule", all));
  }
}
