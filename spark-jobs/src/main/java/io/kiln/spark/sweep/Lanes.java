package io.kiln.spark.sweep;

import io.kiln.spark.report.SweepReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each slot trains, or the slots of each gang: one lane a task. Not thread-safe. */
final class Lanes {
  /** A fit under way. */
  static final class Lane {
    private final Object task;
    private final Part part;
    private final String settings;
    private double share;
    private int epoch;
    private @Nullable Double best;

    private Lane(Object task, Part part, String settings) {
      this.task = task;
      this.part = part;
      this.settings = settings;
    }

    Part part() {
      return part;
    }

    /** What is tried, in few words. */
    String settings() {
      return settings;
    }

    /** How much of its fit is done, from 0 to 1, in this go and before. */
    double share() {
      return share;
    }

    /** Epochs behind it. */
    int epoch() {
      return epoch;
    }

    /** Its best metric so far; null before the first epoch. */
    @Nullable Double best() {
      return best;
    }

    void counted(double part) {
      share = Math.max(share, Math.min(1, part));
    }

    void epoch(int number, double value, boolean greater) {
      epoch = number;
      Double old = best;
      if (Double.isFinite(value) && (old == null || (greater ? value > old : value < old))) {
        best = value;
      }
    }
  }

  private final List<@Nullable Lane> lanes = new ArrayList<>();

  /** A task begins a part, on the lane it has, or the first that is free. */
  Lane begins(Object task, Part part, Map<String, Object> values) {
    Lane fresh = new Lane(task, part, shortly(values));
    int free = -1;
    for (int i = lanes.size() - 1; i >= 0; i--) {
      Lane lane = lanes.get(i);
      if (lane != null && lane.task == task) {
        lanes.set(i, fresh);
        return fresh;
      }
      free = lane == null ? i : free;
    }
    if (free < 0) {
      lanes.add(fresh);
    } else {
      lanes.set(free, fresh);
    }
    return fresh;
  }

  /** A part is over; its lane is free unless its task has begun another. */
  void ended(Part part) {
    lanes.replaceAll(lane -> lane != null && lane.part.equals(part) ? null : lane);
    while (!lanes.isEmpty() && lanes.get(lanes.size() - 1) == null) {
      lanes.remove(lanes.size() - 1);
    }
  }

  /** All lanes there ever were at a time; null where nothing runs now. */
  List<@Nullable Lane> all() {
    return lanes;
  }

  /** The lane of a part; null if it has none. */
  @Nullable Lane of(Part part) {
    for (Lane lane : lanes) {
      if (lane != null && lane.part.equals(part)) {
        return lane;
      }
    }
    return null;
  }

  /** Keys by their last word, where that is clear: {@code learning-rate 0.03, hidden [200]}. */
  static String shortly(Map<String, Object> values) {
    Map<String, Integer> seen = new LinkedHashMap<>();
    values.keySet().forEach(key -> seen.merge(last(key), 1, Integer::sum));
    List<String> texts = new ArrayList<>();
    values.forEach(
        (key, value) ->
            texts.add(
                (seen.getOrDefault(last(key), 0) == 1 ? last(key) : key)
                    + " "
                    + SweepReport.setting(value)));
    return String.join(", ", texts);
  }

  private static String last(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }
}
