package io.kiln.spark.sweep;

import io.kiln.nn.config.Settings;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.search.Strategies;
import io.kiln.spark.search.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Books for tests. */
final class Books {
  private Books() {}

  /** A section of a sweep. */
  static SweepConfig sweep(Map<String, Object> settings) {
    Map<String, Object> section = new LinkedHashMap<>(settings);
    section.putIfAbsent("space", Map.of("x", List.of(1)));
    return SweepConfig.read(Settings.of("sweep", section));
  }

  /** An empty book, of trials of nine epochs. */
  static TrialBook of(SweepFolder folder, Map<String, Object> settings) {
    SweepConfig sweep = sweep(settings);
    return new TrialBook(folder, sweep, Strategies.rungs(sweep, 9), 6, () -> 0);
  }

  /** The whole of a trial. */
  static Part part(int trial) {
    return new Part(trial, -1, Suggestion.WHOLE);
  }

  /** A part that went well. */
  static PartEnd ended(Part part, int epochs, @Nullable Double accuracy) {
    List<Double> curve = new ArrayList<>();
    for (int i = 0; i < epochs; i++) {
      curve.add(0.5);
    }
    boolean over = part.until() == Suggestion.WHOLE;
    return new PartEnd(part, epochs, accuracy, accuracy, 0.5, curve, over, 1, 0, "0@here", null);
  }
}
