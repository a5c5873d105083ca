package io.kiln.nn.draw;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A drawing of the graph on a tape, or of a network: a box for each node with what makes it, its
 * value and, once the tape has gone back, its gradient; lines from inputs to results, left to
 * right.
 *
 * <p>Order of calls: record the graph, run {@code tape.forward()} and {@code tape.backward(y)},
 * then make the drawing; it shows what there is at that moment.
 */
public final class GraphDrawing {
  private final List<GraphNode> nodes;

  private GraphDrawing(List<GraphNode> nodes) {
    this.nodes = nodes;
  }

  /** The graph of a tape, leaves without names. */
  public static GraphDrawing of(Tape tape) {
    return of(tape, Map.of());
  }

  /**
   * The graph of a tape.
   *
   * @param names what to call some of its nodes
   */
  public static GraphDrawing of(Tape tape, Map<Var, String> names) {
    Set<Var> vars = new LinkedHashSet<>();
    for (Op op : tape.ops()) {
      vars.addAll(op.inputs());
      vars.add(op.output());
    }
    boolean wentBack = tape.ops().stream().anyMatch(op -> GraphNode.hasGradient(op.output()));
    return of(
        vars, (var, inputs) -> GraphNode.of(var, names.getOrDefault(var, ""), inputs, wentBack));
  }

  /** The layers of a network and the shapes between them, without its parameters. */
  public static GraphDrawing of(Network network) {
    Tape tape = new Tape(network.dtype());
    List<Var> inputs = new ArrayList<>();
    Map<Var, String> names = new HashMap<>();
    for (Shape shape : network.spec().inputs()) {
      Var input = tape.constant(Tensor.zeros(shape.batch(1), network.dtype()));
      names.put(input, network.spec().inputs().size() == 1 ? "x" : "x" + inputs.size());
      inputs.add(input);
    }
    network.recordPlainly(tape, inputs);
    Set<Var> vars = new LinkedHashSet<>(inputs);
    tape.ops().forEach(op -> vars.add(op.output()));
    return of(vars, (var, from) -> GraphNode.ofLayer(var, names.getOrDefault(var, ""), from));
  }

  private static GraphDrawing of(
      Set<Var> vars, BiFunction<Var, List<Integer>, GraphNode> describe) {
    Map<Var, Integer> numbers = new HashMap<>();
    List<GraphNode> nodes = new ArrayList<>();
    for (Var var : vars) {
      numbers.put(var, nodes.size());
      Op op = var.producer();
      List<Integer> inputs = new ArrayList<>();
      for (Var input : op == null ? List.<Var>of() : op.inputs()) {
        Integer number = numbers.get(input);
        if (number != null) {
          inputs.add(number);
        }
      }
      nodes.add(describe.apply(var, inputs));
    }
    return new GraphDrawing(List.copyOf(nodes));
  }

  /** The drawing in the language of Graphviz. */
  public String dot() {
    StringBuilder out = new StringBuilder("digraph graph_of_tape {\n");
    out.append("  rankdir=LR;\n");
    out.append("  node [shape=record, fontname=\"Helvetica\", fontsize=11];\n");
    for (int i = 0; i < nodes.size(); i++) {
      GraphNode node = nodes.get(i);
      out.append("  n").append(i).append(" [label=\"").append(escapeDot(node.title()));
      for (String line : node.lines()) {
        out.append(" | ").append(escapeDot(line));
      }
      out.append("\"").append(node.isLeaf() ? ", style=rounded" : "").append("];\n");
    }
    for (int i = 0; i < nodes.size(); i++) {
      for (int input : nodes.get(i).inputs()) {
        out.append("  n").append(input).append(" -> n").append(i).append(";\n");
      }
    }
    return out.append("}\n").toString();
  }

  private static String escapeDot(String text) {
    return text.replaceAll("([\\\\\"{}|<>\\[\\]])", "\\\\$1");
  }

  /** The drawing as an SVG document that needs nothing else. */
  public String svg() {
    return new SvgGraph(nodes, GraphLayout.of(nodes)).document();
  }

  /** Number of nodes. */
  public int nodeCount() {
    return nodes.size();
  }

  /** Number of lines: an op that uses a node twice has two. */
  public int edgeCount() {
    int count = 0;
    for (GraphNode node : nodes) {
      count += node.inputs().size();
    }
    return count;
  }
}
