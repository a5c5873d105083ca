package io.kiln.nn.graph;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.draw.GraphDrawing;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A computation graph written by hand, in float64.
 *
 * <pre>{@code
 * Graph graph = new Graph();
 * Node a = graph.number("a", 2);
 * Node b = graph.number("b", -3);
 * Node c = graph.number("c", 10);
 * Node d = graph.number("d", 0.5);
 * Node f = a.times(b).plus(c).over(d.exp()).named("f");
 *
 * f.value();              // (a·b + c) / exp(d)
 * graph.backward(f);
 * a.gradient();           // df/da
 * graph.svg();            // a drawing
 * }</pre>
 *
 * <p>Values are there as soon as a node is written; gradients after {@link #backward}. A node may
 * be used as often as one likes: what comes back along all ways is added. Not thread-safe.
 */
public final class Graph {
  private final Tape tape = new Tape(DType.FLOAT64);
  private final List<Node> nodes = new ArrayList<>();
  private int reached;

  /** A number to differentiate by. */
  public Node number(String name, double value) {
    return leaf(name, Shape.of(), value);
  }

  /** A vector to differentiate by. */
  public Node vector(String name, double... values) {
    return leaf(name, Shape.of(values.length), values);
  }

  /**
   * A matrix to differentiate by.
   *
   * @param rows its rows, equally long
   */
  public Node matrix(String name, double[]... rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    double[] values = new double[rows.length * columns];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != columns) {
        throw new IllegalArgumentException(
            "matrix "
                + name
                + ": row "
                + i
                + " has "
                + rows[i].length
                + " numbers but row 0 has "
                + columns
                + "; all rows must be equally long");
      }
      System.arraycopy(rows[i], 0, values, i * columns, columns);
    }
    return leaf(name, Shape.of(rows.length, columns), values);
  }

  private Node leaf(String name, Shape shape, double... values) {
    return node(tape.variable(Tensor.of(DType.FLOAT64, shape, values)), "").named(name);
  }

  /**
   * A node around something recorded with the ops themselves: {@code
   * graph.node(Softmax.of(x.var()))}.
   *
   * @throws IllegalArgumentException if it is of another graph
   */
  public Node node(Var var) {
    if (var.tape() != tape) {
      throw new IllegalArgumentException(
          "graph: " + var + " is of another graph; record it from this one's nodes");
    }
    return node(var, var.producer() == null ? "" : var.producer().label());
  }

  /** A node around what was recorded, computed at once. */
  Node node(Var var, String formula) {
    tape.forward();
    Node node = new Node(this, var, formula, nodes.size() + 1);
    nodes.add(node);
    return node;
  }

  /** Whether a node has a gradient: it was there when {@link #backward} was last called. */
  boolean wentBack(Node node) {
    return node.place() <= reached;
  }

  /** Computes every node again, after leaves were changed. */
  void recompute() {
    tape.replay();
  }

  /**
   * Fills every node's gradient: that of y, or of the sum of y's elements, with respect to it.
   * Gradients of an earlier call are forgotten.
   */
  public void backward(Node y) {
    tape.backward(y.var());
    reached = nodes.size();
  }

  /** All nodes, in the order they were written. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** The graph as a table: a line a node, with its value and, after {@link #backward}, gradient. */
  public String table() {
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"node", "is", "value", "gradient"});
    for (Node node : nodes) {
      lines.add(new String[] {node.name(), node.formula(), node.valueText(), node.gradientText()});
    }
    int[] wide = new int[4];
    for (String[] line : lines) {
      for (int i = 0; i < wide.length; i++) {
        wide[i] = Math.max(wide[i], line[i].length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (String[] line : lines) {
      StringBuilder row = new StringBuilder();
      for (int i = 0; i < wide.length; i++) {
        row.append(String.format(Locale.ROOT, "%-" + (wide[i] + 2) + "s", line[i]));
      }
      out.append(row.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  /** A drawing that any browser shows. */
  public String svg() {
    return drawing().svg();
  }

  /** The drawing in the language of Graphviz. */
  public String dot() {
    return drawing().dot();
  }

  private GraphDrawing drawing() {
    Map<Var, String> names = new LinkedHashMap<>();
    for (Node node : nodes) {
      if (node.isNamed()) {
        names.put(node.var(), node.name());
      }
    }
    return GraphDrawing.of(tape, names);
  }
}
