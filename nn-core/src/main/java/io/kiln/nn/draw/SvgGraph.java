package io.kiln.nn.draw;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes a laid-out graph as SVG. */
final class SvgGraph {
  private static final int MARGIN = 16;
  private static final int GAP = 44;
  private static final int ROW = 84;
  private static final int TITLE = 22;
  private static final int TEXT = 18;
  private static final double CHARACTER = 6.9;
  private static final String STYLE =
      """
      <style>
        .box { fill: #ffffff; stroke: #5b6675; stroke-width: 1.2 }
        .leaf { fill: #eef3fa; stroke: #3d6ea5 }
        .constant { fill: #f3f1ec; stroke: #8a8171 }
        .title { font: 600 12px sans-serif; fill: #1c2530 }
        .value { font: 11.5px ui-monospace, monospace; fill: #14632f }
        .gradient { font: 11.5px ui-monospace, monospace; fill: #a11d2b }
        .order { font: 10px sans-serif; fill: #5b6675 }
        .line { fill: none; stroke: #7b8794; stroke-width: 1.3 }
        .tip { fill: #7b8794 }
      </style>
      """;

  private final List<GraphNode> nodes;
  private final GraphLayout layout;
  private final double[] left;
  private final double[] widths;
  private final List<double[]> labels = new ArrayList<>(); // x, y, number
  private final StringBuilder out = new StringBuilder();

  SvgGraph(List<GraphNode> nodes, GraphLayout layout) {
    this.nodes = nodes;
    this.layout = layout;
    this.widths = new double[layout.columnCount()];
    for (int i = 0; i < nodes.size(); i++) {
      int column = layout.column(i);
      widths[column] = Math.max(widths[column], width(nodes.get(i)));
    }
    this.left = new double[widths.length + 1];
    left[0] = MARGIN;
    for (int column = 0; column < widths.length; column++) {
      left[column + 1] = left[column] + widths[column] + GAP;
    }
  }

  private static double width(GraphNode node) {
    int longest = Math.max(5, node.title().length());
    longest = Math.max(longest, node.value().length());
    longest = Math.max(longest, node.gradient().length());
    return (node.isOrdered() ? 34 : 18) + CHARACTER * longest;
  }

  private static double height(GraphNode node) {
    return TITLE + (node.value().isEmpty() ? 0 : TEXT) + (node.gradient().isEmpty() ? 0 : TEXT) + 4;
  }

  String document() {
    double wide = left[left.length - 1] - GAP + MARGIN;
    double high = layout.lastRow() * ROW + ROW + 2 * MARGIN;
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\""
                + " height=\"%.0f\" role=\"img\" aria-label=\"computation graph\">%n",
            wide,
            high,
            wide,
            high));
    out.append(STYLE);
    out.append(
        "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"7\""
            + " markerHeight=\"7\" orient=\"auto\"><path class=\"tip\" d=\"M0 0.5L8 4L0 7.5z\"/>"
            + "</marker></defs>\n");
    for (GraphLayout.Line line : layout.lines()) {
      line(line);
    }
    for (int i = 0; i < nodes.size(); i++) {
      box(i);
    }
    for (double[] label : labels) {
      text("order", label[0], label[1], String.valueOf((int) label[2]));
    }
    legend(high);
    return out.append("</svg>\n").toString();
  }

  /** Says which of the two numbers in a box is which, at the foot of the drawing. */
  private void legend(double high) {
    double y = high - MARGIN / 2.0;
    double x = MARGIN;
    for (String what : List.of("value", "shape")) {
      if (nodes.stream().anyMatch(node -> node.what().equals(what) && !node.value().isEmpty())) {
        out.append(legend("value", x, y, what));
        x += 7 * CHARACTER;
      }
    }
    if (nodes.stream().anyMatch(node -> !node.gradient().isEmpty())) {
      out.append(legend("gradient", x, y, "gradient"));
    }
  }

  private static String legend(String style, double x, double y, String words) {
    return String.format(
        Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n", style, x, y, words);
  }

  private double middle(int place) {
    return MARGIN + ROW / 2.0 + layout.row(place) * ROW;
  }

  /** Width of the box of a place, which is centred in its column. */
  private double start(int node) {
    int column = layout.column(node);
    return left[column] + (widths[column] - width(nodes.get(node))) / 2;
  }

  private void line(GraphLayout.Line line) {
    List<double[]> points = new ArrayList<>();
    points.add(
        new double[] {start(line.from()) + width(nodes.get(line.from())), middle(line.from())});
    for (int place : line.through()) {
      int column = layout.column(place);
      points.add(new double[] {left[column], middle(place)});
      points.add(new double[] {left[column] + widths[column], middle(place)});
    }
    points.add(new double[] {start(line.to()), entry(line)});
    StringBuilder path = new StringBuilder();
    double[] last = points.get(0);
    path.append(String.format(Locale.ROOT, "M%.1f %.1f", last[0], last[1]));
    for (double[] point : points.subList(1, points.size())) {
      double bend = (point[0] - last[0]) / 2;
      path.append(
          String.format(
              Locale.ROOT,
              "C%.1f %.1f %.1f %.1f %.1f %.1f",
              last[0] + bend,
              last[1],
              point[0] - bend,
              point[1],
              point[0],
              point[1]));
      last = point;
    }
    if (nodes.get(line.to()).isOrdered()) {
      labels.add(new double[] {last[0] + 7, last[1] + 3.5, line.input() + 1});
    }
    out.append("<path class=\"line\" marker-end=\"url(#tip)\" d=\"").append(path).append("\"/>\n");
  }

  /** Lines into a box end one beneath the other, in the order they come from above. */
  private double entry(GraphLayout.Line line) {
    List<GraphLayout.Line> into = new ArrayList<>();
    for (GraphLayout.Line other : layout.lines()) {
      if (other.to() == line.to()) {
        into.add(other);
      }
    }
    into.sort(java.util.Comparator.comparingDouble(this::comesFrom));
    double apart = Math.min(14, height(nodes.get(line.to())) / (into.size() + 1));
    int place = 0;
    for (int i = 0; i < into.size(); i++) {
      place = into.get(i).equals(line) ? i : place;
    }
    return middle(line.to()) + (place - (into.size() - 1) / 2.0) * apart;
  }

  private double comesFrom(GraphLayout.Line line) {
    List<Integer> through = line.through();
    return layout.row(through.isEmpty() ? line.from() : through.get(through.size() - 1));
  }

  private void box(int i) {
    GraphNode node = nodes.get(i);
    double wide = width(node);
    double high = height(node);
    double x = start(i);
    double y = middle(i) - high / 2;
    String kind =
        node.isLeaf() ? (node.title().equals("constant") ? "box constant" : "box leaf") : "box";
    out.append(
        String.format(
            Locale.ROOT,
            "<g><title>%s</title><rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\""
                + " height=\"%.1f\" rx=\"%d\"/>",
            escape(node.title() + " " + String.join(", ", node.lines())),
            kind,
            x,
            y,
            wide,
            high,
            node.isLeaf() ? 10 : 3));
    double line = y + 16;
    text("title", x + wide / 2, line, node.title());
    if (!node.value().isEmpty()) {
      line += TEXT;
      text("value", x + wide / 2, line, node.value());
    }
    if (!node.gradient().isEmpty()) {
      line += TEXT;
      text("gradient", x + wide / 2, line, node.gradient());
    }
    out.append("</g>\n");
  }

  private void text(String style, double x, double y, String words) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
            style,
            x,
            y,
            escape(words)));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
