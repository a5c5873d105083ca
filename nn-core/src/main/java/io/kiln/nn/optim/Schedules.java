package io.kiln.nn.optim;

import io.kiln.nn.config.Named;
import io.kiln.nn.config.Settings;
import java.util.List;

/** Makes the schedule that a configuration names. */
final class Schedules {
  private static final Named<Schedule> BY_NAME =
      new Named<>(Schedule.class, "schedule", Settings.class);

  private Schedules() {}

  /** The schedule of a section: {@code type} (constant if it is not given) and its settings. */
  static Schedule of(Settings settings) {
    String type = settings.text("type", "constant");
    return BY_NAME.make(settings.path("type"), type, settings);
  }

  /** The names of all schedules. */
  static List<String> names() {
    return BY_NAME.names();
  }
}
