package io.kiln.nn.draw;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Where the boxes of a layered drawing stand (Sugiyama, Tagawa and Toda 1981): each node in the
 * column after its inputs, leaves just before their first use, columns ordered by the mean place of
 * their neighbours so that few lines cross. A line over several columns is kept apart from the
 * boxes by a place of its own in each.
 */
final class GraphLayout {
  private static final int SWEEPS = 12;

  /**
   * A place in a column: a node, or where a line passes.
   *
   * @param node the node, or −1
   * @param column its column
   */
  record Place(int node, int column) {}

  /** A line to a node from its input of that number, through places where it passes. */
  record Line(int from, int to, int input, List<Integer> through) {}

  private final List<Place> places = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();
  private final List<List<Integer>> columns = new ArrayList<>();
  private final double[] rows;

  private GraphLayout(List<GraphNode> nodes) {
    int[] column = columnsOf(nodes);
    for (int i = 0; i < nodes.size(); i++) {
      add(new Place(i, column[i]));
    }
    for (int i = 0; i < nodes.size(); i++) {
      List<Integer> inputs = nodes.get(i).inputs();
      for (int k = 0; k < inputs.size(); k++) {
        int input = inputs.get(k);
        List<Integer> through = new ArrayList<>();
        for (int c = column[input] + 1; c < column[i]; c++) {
          through.add(add(new Place(-1, c)));
        }
        lines.add(new Line(input, i, k, List.copyOf(through)));
      }
    }
    rows = new double[places.size()];
    order();
    straighten();
  }

  static GraphLayout of(List<GraphNode> nodes) {
    return new GraphLayout(nodes);
  }

  private int add(Place place) {
    while (columns.size() <= place.column()) {
      columns.add(new ArrayList<>());
    }
    columns.get(place.column()).add(places.size());
    places.add(place);
    return places.size() - 1;
  }

  private static int[] columnsOf(List<GraphNode> nodes) {
    int[] column = new int[nodes.size()];
    for (int i = 0; i < column.length; i++) {
      for (int input : nodes.get(i).inputs()) {
        column[i] = Math.max(column[i], column[input] + 1);
      }
    }
    for (int i = 0; i < column.length; i++) {
      if (nodes.get(i).isLeaf()) {
        int first = Integer.MAX_VALUE;
        for (int user = 0; user < column.length; user++) {
          first = nodes.get(user).inputs().contains(i) ? Math.min(first, column[user]) : first;
        }
        column[i] = first == Integer.MAX_VALUE ? 0 : first - 1;
      }
    }
    return column;
  }

  /** Sorts each column by the mean row of its neighbours, left to right and back. */
  private void order() {
    List<List<Integer>> before = neighbours(true);
    List<List<Integer>> after = neighbours(false);
    number();
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      boolean forward = sweep % 2 == 0;
      for (int k = 0; k < columns.size(); k++) {
        List<Integer> one = columns.get(forward ? k : columns.size() - 1 - k);
        List<List<Integer>> side = forward ? before : after;
        double[] wanted = new double[places.size()];
        for (int place : one) {
          wanted[place] = mean(side.get(place), rows[place]);
        }
        one.sort(Comparator.comparingDouble(place -> wanted[place]));
        number();
      }
    }
  }

  private void number() {
    for (List<Integer> column : columns) {
      for (int row = 0; row < column.size(); row++) {
        rows[column.get(row)] = row - (column.size() - 1) / 2.0;
      }
    }
  }

  private List<List<Integer>> neighbours(boolean before) {
    List<List<Integer>> all = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      all.add(new ArrayList<>());
    }
    for (Line line : lines) {
      int last = line.from();
      List<Integer> path = new ArrayList<>(line.through());
      path.add(line.to());
      for (int next : path) {
        all.get(before ? next : last).add(before ? last : next);
        last = next;
      }
    }
    return all;
  }

  private double mean(List<Integer> of, double otherwise) {
    return of.stream().mapToDouble(place -> rows[place]).average().orElse(otherwise);
  }

  /** Moves rows towards their neighbours, keeping order and a distance of one. */
  private void straighten() {
    List<List<Integer>> before = neighbours(true);
    List<List<Integer>> after = neighbours(false);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      List<List<Integer>> side = sweep % 2 == 0 ? before : after;
      for (List<Integer> column : columns) {
        double[] wanted = new double[column.size()];
        for (int i = 0; i < wanted.length; i++) {
          wanted[i] = mean(side.get(column.get(i)), rows[column.get(i)]);
        }
        double[] low = wanted.clone();
        double[] high = wanted.clone();
        for (int i = 1; i < low.length; i++) {
          low[i] = Math.max(low[i], low[i - 1] + 1);
          int back = low.length - 1 - i;
          high[back] = Math.min(high[back], high[back + 1] - 1);
        }
        for (int i = 0; i < wanted.length; i++) {
          rows[column.get(i)] = (low[i] + high[i]) / 2;
        }
      }
    }
    double least = Arrays.stream(rows).min().orElse(0);
    for (int i = 0; i < rows.length; i++) {
      rows[i] -= least;
    }
  }

  /** The lines. */
  List<Line> lines() {
    return lines;
  }

  /** Column of a place; the first places are the nodes. */
  int column(int place) {
    return places.get(place).column();
  }

  /** Row of a place, from 0; not whole. */
  double row(int place) {
    return rows[place];
  }

  /** Number of columns. */
  int columnCount() {
    return columns.size();
  }

  /** The greatest row. */
  double lastRow() {
    return Arrays.stream(rows).max().orElse(0);
  }
}
