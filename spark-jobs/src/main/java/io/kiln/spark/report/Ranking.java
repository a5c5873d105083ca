package io.kiln.spark.report;

import io.kiln.spark.report.SweepReport.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The trials of a sweep, best first; those without a value last.
 *
 * @param report the sweep
 * @param ranked all trials
 * @param keys what was tried, by dotted key
 */
record Ranking(SweepReport report, List<Trial> ranked, List<String> keys) {

  static Ranking of(SweepReport report) {
    Set<String> keys = new LinkedHashSet<>();
    report.trials().forEach(trial -> keys.addAll(trial.params().keySet()));
    Ranking unranked = new Ranking(report, report.trials(), List.copyOf(keys));
    List<Trial> ranked = new ArrayList<>(report.trials());
    ranked.sort(Comparator.comparingDouble(trial -> -unranked.merit(trial)));
    return new Ranking(report, ranked, List.copyOf(keys));
  }

  /** Whether the metric is an accuracy. */
  boolean accuracy() {
    return report.greaterIsBetter();
  }

  /** {@code validation accuracy}. */
  String metricName() {
    return report.metric().replace('.', ' ');
  }

  /** The metric of a trial; null if it has none. */
  @Nullable Double value(Trial trial) {
    Double value = accuracy() ? trial.validationAccuracy() : trial.validationLoss();
    value = trial.value() == null ? value : trial.value();
    return Numbers.finite(value) ? value : null;
  }

  /** Greater is better; negative infinity without a value. */
  private double merit(Trial trial) {
    Double value = value(trial);
    return value == null ? Double.NEGATIVE_INFINITY : accuracy() ? value : -value;
  }

  /** The metric as text. */
  String text(@Nullable Double value) {
    return accuracy() ? Numbers.percent(value) : Numbers.loss(value);
  }

  /** The best: the one the sweep names, else the first; null if no trial has a value. */
  @Nullable Trial best() {
    SweepReport.Best named = report.best();
    if (named != null) {
      for (Trial trial : ranked) {
        if (trial.id().equals(named.id())) {
          return trial;
        }
      }
    }
    return ranked.isEmpty() || value(ranked.get(0)) == null ? null : ranked.get(0);
  }

  /** The id of the best, empty without one. */
  String bestId() {
    Trial best = best();
    return best == null ? "" : best.id();
  }

  /** The worst that has a value, if it is another than the best. */
  @Nullable Trial worst() {
    Trial worst = null;
    for (Trial trial : ranked) {
      if (value(trial) != null) {
        worst = trial;
      }
    }
    return worst == null || worst.id().equals(bestId()) ? null : worst;
  }

  /**
   * The quickest trial within 0.2 points of the best in 60 % of its time; null if there is none.
   */
  @Nullable Trial cheaper() {
    Trial best = best();
    Double most = best == null ? null : value(best);
    Trial cheaper = null;
    if (best != null && most != null && accuracy()) {
      for (Trial trial : ranked) {
        Double value = value(trial);
        if (value != null
            && most - value < 0.002
            && trial.seconds() < 0.6 * best.seconds()
            && (cheaper == null || trial.seconds() < cheaper.seconds())) {
          cheaper = trial;
        }
      }
    }
    return cheaper;
  }

  /**
   * That the best, trained again, is worse on the test set than it was in validation by more than
   * chance; null if it is not, or is not known.
   */
  @Nullable String worseInTest() {
    RunReport.Test test = report.test();
    Trial best = best();
    Double expected = best == null ? null : value(best);
    if (test == null || best == null || expected == null) {
      return null;
    }
    boolean worse =
        accuracy()
            ? Verdict.lost(expected, test) > 0
            : expected > 0 && test.loss() > 1.25 * expected;
    Double tested = accuracy() ? test.accuracy() : Double.valueOf(test.loss());
    return !worse
        ? null
        : "The best trial had "
            + text(expected)
            + " "
            + metricName()
            + ", but trained again it has "
            + text(tested)
            + " on the test set: the best of many trials is partly luck; hold out more with"
            + " data.validation, or see whether the test set is drawn differently.";
  }

  /** {@code model.hidden [256], optimizer.learning-rate 0.1}. */
  String describe(Trial trial) {
    StringBuilder text = new StringBuilder();
    trial
        .params()
        .forEach(
            (key, value) ->
                text.append(text.isEmpty() ? "" : ", ")
                    .append(key)
                    .append(' ')
                    .append(Page.value(value)));
    return text.isEmpty() ? trial.id() : text.toString();
  }

  /** How good a value is among all: 0 the worst, 1 the best. */
  double share(@Nullable Double value) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Trial trial : ranked) {
      Double its = value(trial);
      if (its != null) {
        least = Math.min(least, its);
        most = Math.max(most, its);
      }
    }
    if (value == null) {
      return 0;
    }
    double share = most > least ? (value - least) / (most - least) : 1;
    return accuracy() || most <= least ? share : 1 - share;
  }

  /** Trials by their value of a key; values in order: numbers by size, others as they came. */
  Map<String, List<Trial>> by(String key) {
    Map<String, List<Trial>> groups = new LinkedHashMap<>();
    Map<Double, String> sizes = new TreeMap<>();
    for (Trial trial : report.trials()) {
      Object value = trial.params().get(key);
      if (value != null) {
        String text = Page.value(value);
        groups.computeIfAbsent(text, none -> new ArrayList<>()).add(trial);
        Double size = size(value);
        if (size != null) {
          sizes.put(size, text);
        }
      }
    }
    if (sizes.size() != groups.size()) {
      return groups;
    }
    Map<String, List<Trial>> sorted = new LinkedHashMap<>();
    sizes.values().forEach(text -> sorted.put(text, groups.getOrDefault(text, List.of())));
    return sorted;
  }

  /** Keys whose best value is the least or greatest of at least three that were tried. */
  List<String> edges() {
    List<String> edges = new ArrayList<>();
    Trial best = best();
    for (String key : keys) {
      List<String> values = List.copyOf(by(key).keySet());
      Object chosen = best == null ? null : best.params().get(key);
      if (chosen != null && size(chosen) != null && values.size() >= 3) {
        int at = values.indexOf(Page.value(chosen));
        if (at == 0 || at == values.size() - 1) {
          edges.add(key);
        }
      }
    }
    return edges;
  }

  /** A number to order values by: of a list its sum; null if there is none. */
  static @Nullable Double size(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value instanceof List<?> items) {
      double sum = 0;
      for (Object item : items) {
        Double its = item == null ? null : size(item);
        if (its == null) {
          return null;
        }
        sum += its;
      }
      return sum;
    }
    return null;
  }
}
