package io.kiln.spark.sweep;

import java.util.Locale;

/**
 * One fit that a suggestion asks for.
 *
 * @param trial its number
 * @param fold from 0; -1 without cross-validation
 * @param until epochs it has behind it then
 */
record Part(int trial, int fold, int until) {
  /** The name of a trial: that of its folder. */
  static String id(int trial) {
    return String.format(Locale.ROOT, "trial-%03d", trial + 1);
  }

  /** The name of this fit: a path below a folder of all. */
  String path() {
    return id(trial) + (fold < 0 ? "" : "/fold-" + (fold + 1));
  }
}
