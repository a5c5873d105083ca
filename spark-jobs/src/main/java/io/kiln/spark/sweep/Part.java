package io.kiln.spark.sweep;

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
    int number = trial + 1;
    return (number < 10 ? "trial-00" : number < 100 ? "trial-0" : "trial-") + number;
  }

  /** The name of this fit: a path below a folder of all. */
  String path() {
    return id(trial) + (fold < 0 ? "" : "/fold-" + (fold + 1));
  }
}
