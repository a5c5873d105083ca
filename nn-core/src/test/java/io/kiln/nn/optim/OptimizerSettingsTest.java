package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every optimizer and schedule from its settings, as YAML gives them. */
class OptimizerSettingsTest {
  static java.util.stream.Stream<String> optimizers() {
    return Optimizers.names().stream();
  }

  static java.util.stream.Stream<String> schedules() {
    return Schedules.names().stream();
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void everyOptimizerHasDefaultsAndRefusesWhatItDoesNotKnow(String type) {
    ParameterUpdate.Rule rule = Rules.of("type", type);
    assertThat(rule.rate()).isPositive();
    assertThatThrownBy(() -> Rules.of("type", type, "learning-rat", 0.1))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "optimizer.learning-rat: there is no such key; did you mean optimizer.learning-rate?");
    assertThatThrownBy(() -> Rules.of("type", type, "learning-rate", "fast"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("optimizer.learning-rate: 'fast' came but a number is needed");
    assertThatThrownBy(() -> Rules.of("type", type, "weight-decay", -1))
        .isInstanceOf(ConfigException.class)
        .hasMessage("optimizer.weight-decay: -1.0 came but it must be 0.0 or more");
  }

  @ParameterizedTest
  @CsvSource({
    "sgd, momentum, 1.5, it must be from 0.0 to 1.0",
    "sgd, dampening, -1, it must be from 0.0 to 1.0",
    "momentum, momentum, 2, it must be from 0.0 to 1.0",
    "nesterov, momentum, 2, it must be from 0.0 to 1.0",
    "ada-grad, initial, -1, it must be 0.0 or more",
    "adagrad, epsilon, -1, it must be 0.0 or more",
    "rms-prop, alpha, 2, it must be from 0.0 to 1.0",
    "rmsprop, momentum, 2, it must be from 0.0 to 1.0",
    "adam, beta1, 1, it must be 0.0 or more and below 1",
    "adam, beta2, -0.5, it must be 0.0 or more and below 1",
    "adam-w, epsilon, -1, it must be 0.0 or more",
    "adamw, beta2, 1, it must be 0.0 or more and below 1",
    "adamax, beta1, 1, it must be 0.0 or more and below 1",
    "nadam, momentum-decay, -1, it must be 0.0 or more",
    "lion, beta2, 3, it must be from 0.0 to 1.0",
    "lars, trust, -1, it must be 0.0 or more",
    "lamb, beta2, 1, it must be 0.0 or more and below 1"
  })
  void numbersOutOfRangeAreNamed(String type, String key, double value, String needed) {
    assertThatThrownBy(() -> Rules.of("type", type, key, value))
        .isInstanceOf(ConfigException.class)
        .hasMessage("optimizer." + key + ": " + value + " came but " + needed);
  }

  @Test
  void nesterovWithoutMomentumIsRefused() {
    assertThatThrownBy(() -> Rules.of("type", "sgd", "nesterov", true))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "optimizer.nesterov: true came with momentum 0.0 and dampening 0.0 but it needs momentum"
                + " and no dampening");
  }

  @Test
  void unknownNamesAreAnsweredWithOnesThatCanBeTyped() {
    assertThatThrownBy(() -> Rules.of("type", "adamm"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "optimizer.type: there is no optimizer 'adamm'; did you mean adam? There are ada-grad,");
    assertThatThrownBy(() -> schedule("cosinus", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "optimizer.schedule.type: there is no schedule 'cosinus'; did you mean cosine? There are"
                + " constant, cosine, exponential,");
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void everyScheduleRefusesWhatItDoesNotKnow(String type) {
    Map<String, Object> needed =
        Map.of(
            "step", Map.of("every", 2),
            "multi-step", Map.of("at", 3),
            "exponential", Map.of("decay", 0.9),
            "warmup", Map.of("steps", 4));
    Map<?, ?> own = (Map<?, ?>) needed.getOrDefault(type, Map.of());
    assertThat(schedule(type, own).factor(new Schedule.Position(5, 10, 3))).isBetween(0.0, 1.0);
    java.util.HashMap<Object, Object> wrong = new java.util.HashMap<>(own);
    wrong.put("speed", 3);
    assertThatThrownBy(() -> schedule(type, wrong))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("optimizer.schedule.speed: there is no such key; did you mean ");
  }

  @ParameterizedTest
  @CsvSource({
    "step, decay, 2, it must be from 0.0 to 1.0",
    "exponential, decay, 2, it must be from 0.0 to 1.0",
    "cosine, end, 2, it must be from 0.0 to 1.0",
    "polynomial, power, -1, it must be from 0.0 to 100.0",
    "plateau, threshold, -1, it must be from 0.0 to 1.0",
    "one-cycle, rise, 2, it must be from 1.0E-6 to 1.0"
  })
  void numbersOfSchedulesOutOfRangeAreNamed(String type, String key, double value, String needed) {
    Map<String, Object> settings = new java.util.HashMap<>(Map.of("every", 1));
    if (!type.equals("step")) {
      settings.clear();
    }
    settings.put(key, value);
    assertThatThrownBy(() -> schedule(type, settings))
        .isInstanceOf(ConfigException.class)
        .hasMessage("optimizer.schedule." + key + ": " + value + " came but " + needed);
  }

  private static Schedule schedule(String type, Map<?, ?> settings) {
    java.util.HashMap<Object, Object> all = new java.util.HashMap<>(settings);
    all.put("type", type);
    return Schedules.of(Settings.of("optimizer.schedule", all));
  }
}
