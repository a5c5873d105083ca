package io.kiln.nn.optim;

import io.kiln.nn.config.Named;
import io.kiln.nn.config.Settings;
import java.util.List;
import java.util.Map;

/** Makes the update rule that a configuration names. */
final class Optimizers {
  /** Usual names. */
  private static final Map<String, String> SHORT =
      Map.of(
          "adamw", "adam-w",
          "adagrad", "ada-grad",
          "ada-delta", "adadelta",
          "rmsprop", "rms-prop",
          "lbfgs", "lbfgs-steps",
          "l-bfgs", "lbfgs-steps");

  private static final Named<Optimizer> BY_NAME =
      new Named<>(Optimizer.class, "optimizer", Settings.class);

  private Optimizers() {}

  /**
   * The rule of a section; the caller ends the reading of it.
   *
   * @throws io.kiln.nn.config.ConfigException if there is no such rule or its settings are wrong
   */
  static Optimizer of(Settings settings) {
    String type = settings.text("type", "sgd");
    return BY_NAME.make(settings.path("type"), SHORT.getOrDefault(type, type), settings);
  }

  /** The names of all rules. */
  static List<String> names() {
    return BY_NAME.names();
  }
}
