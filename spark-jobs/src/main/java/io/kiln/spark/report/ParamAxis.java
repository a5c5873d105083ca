package io.kiln.spark.report;

import io.kiln.spark.report.SweepReport.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The values of one key of a sweep on an axis from 0 to 1: numbers by their size, on a logarithmic
 * axis if the greatest is several times the least, or the space says so; all else as categories,
 * side by side.
 *
 * @param key dotted
 * @param numeric whether values are numbers, or lists of one number
 * @param log whether the axis is logarithmic
 * @param least number
 * @param most number
 * @param categories of values that are no numbers, as text
 */
record ParamAxis(
    String key, boolean numeric, boolean log, double least, double most, List<String> categories) {
  private static final double WIDE = 8;
  private static final int MOST_TICKS = 7;

  /** A place on the axis and its label. */
  record Tick(double place, String label) {}

  /** The axis of a key; null if it has fewer than two values. */
  static @Nullable ParamAxis of(Ranking ranking, String key) {
    Set<Double> numbers = new TreeSet<>();
    Set<String> texts = new LinkedHashSet<>();
    boolean numeric = true;
    for (Trial trial : ranking.report().trials()) {
      Object value = trial.params().get(key);
      if (value != null) {
        Double number = number(value);
        numeric &= number != null;
        if (number != null) {
          numbers.add(number);
        }
      }
    }
    texts.addAll(ranking.by(key).keySet());
    if (texts.size() < 2) {
      return null;
    }
    if (!numeric || numbers.size() < 2) {
      return new ParamAxis(key, false, false, 0, texts.size() - 1.0, List.copyOf(texts));
    }
    TreeSet<Double> sorted = new TreeSet<>(numbers);
    double least = sorted.first();
    double most = sorted.last();
    boolean log = least > 0 && (most / least >= WIDE || saysLog(ranking.report().config(), key));
    return new ParamAxis(key, true, log, least, most, List.of());
  }

  private static boolean saysLog(Map<String, Object> config, String key) {
    return config.get("sweep") instanceof Map<?, ?> sweep
        && sweep.get("space") instanceof Map<?, ?> space
        && space.get(key) instanceof Map<?, ?> range
        && "log".equals(range.get("scale"));
  }

  /** The number that a value is, or that a list of one number has; null if it is none. */
  static @Nullable Double number(Object value) {
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    return value instanceof List<?> items && items.size() == 1 && items.get(0) != null
        ? number(items.get(0))
        : null;
  }

  /** Where a value lies, 0 to 1; null for none. */
  @Nullable Double place(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (!numeric) {
      int at = categories.indexOf(Page.value(value));
      return at < 0 ? null : (double) at / (categories.size() - 1);
    }
    Double number = number(value);
    return number == null ? null : place(number.doubleValue());
  }

  /** The number at a place from 0 to 1. */
  double value(double place) {
    return log ? least * Math.pow(most / least, place) : least + place * (most - least);
  }

  private double place(double number) {
    return log
        ? Math.log(number / least) / Math.log(most / least)
        : (number - least) / (most - least);
  }

  /** Few labelled places: the values themselves if there are few, else round numbers. */
  List<Tick> ticks(Ranking ranking) {
    Map<Double, String> wanted = new LinkedHashMap<>();
    if (!numeric) {
      int every = (categories.size() + MOST_TICKS) / (MOST_TICKS + 1);
      for (int i = 0; i < categories.size(); i += Math.max(1, every)) {
        wanted.put((double) i / (categories.size() - 1), categories.get(i));
      }
      return ticks(wanted);
    }
    TreeSet<Double> values = new TreeSet<>();
    for (Trial trial : ranking.report().trials()) {
      Object value = trial.params().get(key);
      Double number = value == null ? null : number(value);
      if (number != null) {
        values.add(number);
      }
    }
    boolean few = values.size() <= MOST_TICKS;
    for (double value : few ? values : round()) {
      wanted.put(place(value), Numbers.setting(value));
    }
    return ticks(wanted);
  }

  /** Those that are not too close to the one before. */
  private static List<Tick> ticks(Map<Double, String> wanted) {
    List<Tick> ticks = new ArrayList<>();
    for (Map.Entry<Double, String> one : wanted.entrySet()) {
      if (ticks.isEmpty() || one.getKey() - ticks.get(ticks.size() - 1).place() >= 0.075) {
        ticks.add(new Tick(one.getKey(), one.getValue()));
      }
    }
    return ticks;
  }

  private List<Double> round() {
    List<Double> round = new ArrayList<>();
    if (log) {
      double[] each = most / least > 1e3 ? new double[] {1} : new double[] {1, 3};
      for (int power = (int) Math.floor(Math.log10(least)); Math.pow(10, power) <= most; power++) {
        for (double digit : each) {
          double value = digit * Math.pow(10, power);
          if (value >= least * 0.999 && value <= most * 1.001) {
            round.add(Math.max(least, Math.min(most, value)));
          }
        }
      }
    } else {
      double step = Math.pow(10, Math.floor(Math.log10((most - least) / 2)));
      while ((most - least) / step > MOST_TICKS) {
        step *= (most - least) / (2 * step) > MOST_TICKS ? 5 : 2;
      }
      for (double value = Math.ceil(least / step) * step; value <= most; value += step) {
        round.add(value);
      }
    }
    return round.size() < 2 ? List.of(least, most) : round;
  }
}
