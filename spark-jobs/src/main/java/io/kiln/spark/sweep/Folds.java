package io.kiln.spark.sweep;

import io.kiln.nn.data.Fold;
import java.util.Map;

/** The parts of cross-validation. */
final class Folds {
  private Folds() {}

  /** What a fold's configuration has of its own. */
  static Map<String, Object> section(int fold, int folds) {
    return Map.of("data." + Fold.KEY, Map.of("number", fold + 1, "of", folds));
  }
}
