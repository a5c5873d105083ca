package io.kiln.nn.zoo;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;

/** The number of scores a network ends with. */
final class Outputs {
  private Outputs() {}

  /** Reads {@code outputs}: the number of classes, or of target values, unless given. */
  static int from(Settings settings, SampleSpec spec) {
    int natural = spec.classes() > 0 ? spec.classes() : Math.max(1, spec.target().count());
    return settings.atLeast(1, "outputs", natural);
  }
}
