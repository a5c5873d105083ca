package io.kiln.spark.search;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.spark.config.Axis;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What may be tried: a tree of axes, where a choice has axes of its own.
 *
 * @param axes by dotted key; ranges of whole numbers say so
 */
public record Space(Map<String, Axis> axes) {
  /** Keeps the order. */
  public Space {
    axes = Collections.unmodifiableMap(new LinkedHashMap<>(axes));
  }

  /**
   * A place in the space.
   *
   * @param values of a trial by dotted key, in the order they are to be set
   * @param coordinates of each axis it is on, by the axis's path: the number of a range, else the
   *     index of the value
   */
  public record Point(Map<String, Object> values, Map<String, Double> coordinates) {}

  /** Chooses a coordinate. */
  interface Chooser {
    /**
     * Chooses.
     *
     * @param path of the axis: its key, after the choices it depends on
     * @param site number of the axis among all
     */
    double choose(String path, int site, Axis axis);
  }

  /** The point that a chooser takes, axis by axis. */
  Point pick(Chooser chooser) {
    Point point = new Point(new LinkedHashMap<>(), new LinkedHashMap<>());
    pick("", 0, axes, true, chooser, point);
    return point;
  }

  /** Every axis has its site, taken or not: what is drawn on one does not depend on the others. */
  private static int pick(
      String where, int from, Map<String, Axis> axes, boolean taken, Chooser chooser, Point point) {
    int site = from;
    for (Map.Entry<String, Axis> entry : axes.entrySet()) {
      Axis axis = entry.getValue();
      String path = where + entry.getKey();
      double coordinate = 0;
      if (taken) {
        coordinate = chooser.choose(path, site, axis);
        point.coordinates().put(path, coordinate);
        point.values().put(entry.getKey(), value(axis, coordinate));
      }
      site++;
      if (axis instanceof Axis.Choices some) {
        for (int i = 0; i < some.choices().size(); i++) {
          Axis.Choice choice = some.choices().get(i);
          boolean chosen = taken && i == (int) coordinate;
          site = pick(path + "[" + i + "].", site, choice.space(), chosen, chooser, point);
        }
      }
    }
    return site;
  }

  private static Object value(Axis axis, double coordinate) {
    if (axis instanceof Axis.Range range) {
      return range.whole() ? (Object) (long) coordinate : (Object) coordinate;
    }
    return axis instanceof Axis.Choices some
        ? some.choices().get((int) coordinate).value()
        : ((Axis.Values) axis).values().get((int) coordinate);
  }

  /** How many values an axis has that is no range. */
  static int options(Axis axis) {
    return axis instanceof Axis.Choices some
        ? some.choices().size()
        : ((Axis.Values) axis).values().size();
  }

  /** A random point; that of a seed and number is always the same. */
  Point draw(long seed, long number) {
    return pick((path, site, axis) -> draw(axis, CounterRng.of(seed, site), number));
  }

  /**
   * A random coordinate: each value equally likely, of a range each number, or each logarithm. A
   * whole number has a piece of the line of its own, from a half before it to a half behind it.
   */
  static double draw(Axis axis, CounterRng rng, long number) {
    if (!(axis instanceof Axis.Range range)) {
      return rng.integer(number, options(axis));
    }
    double u = rng.uniform(number);
    double min = range.whole() ? range.least() - 0.5 : range.min();
    double max = range.whole() ? range.most() + 0.5 : range.max();
    double value =
        range.log() ? Math.exp(Math.log(min) + u * Math.log(max / min)) : min + u * (max - min);
    return range.whole()
        ? Math.min(range.most(), Math.max(range.least(), Math.rint(value)))
        : Math.min(max, Math.max(min, value));
  }

  /** Number of points; infinite with a range. */
  double size() {
    return size(axes);
  }

  private static double size(Map<String, Axis> axes) {
    double size = 1;
    for (Axis axis : axes.values()) {
      if (axis instanceof Axis.Range) {
        return Double.POSITIVE_INFINITY;
      }
      double options = options(axis);
      if (axis instanceof Axis.Choices some) {
        options = some.choices().stream().mapToDouble(choice -> size(choice.space())).sum();
      }
      size *= options;
    }
    return size;
  }

  /**
   * Every point; the last key moves fastest.
   *
   * @throws IllegalArgumentException if there is a range
   */
  public List<Point> grid() {
    List<Point> points = List.of(new Point(Map.of(), Map.of()));
    return grid("", axes, points);
  }

  private static List<Point> grid(String where, Map<String, Axis> axes, List<Point> beginnings) {
    List<Point> points = beginnings;
    for (Map.Entry<String, Axis> entry : axes.entrySet()) {
      Axis axis = entry.getValue();
      if (axis instanceof Axis.Range) {
        throw new IllegalArgumentException("sweep: a grid over the range " + entry.getKey());
      }
      String path = where + entry.getKey();
      List<Point> longer = new ArrayList<>();
      for (Point point : points) {
        for (int i = 0; i < options(axis); i++) {
          Point more =
              new Point(
                  new LinkedHashMap<>(point.values()), new LinkedHashMap<>(point.coordinates()));
          more.values().put(entry.getKey(), value(axis, i));
          more.coordinates().put(path, (double) i);
          longer.addAll(
              axis instanceof Axis.Choices some
                  ? grid(path + "[" + i + "].", some.choices().get(i).space(), List.of(more))
                  : List.of(more));
        }
      }
      points = longer;
    }
    return points;
  }
}
