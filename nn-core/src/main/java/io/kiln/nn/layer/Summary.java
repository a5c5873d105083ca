package io.kiln.nn.layer;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What each layer of a network is and costs, for one sample.
 *
 * @param rows the layers, in the order they run
 * @param totals sums over all rows; its output shape is the network's
 * @param dominant the kind of operation with the most flops, forward and backward together
 * @param dominantShare its part of all flops, 0 to 1
 */
public record Summary(List<Row> rows, Row totals, String dominant, double dominantShare) {
  /**
   * One layer.
   *
   * @param name dotted path; the operation's name outside layers
   * @param type its operations, joined by +
   * @param outputShape shape of its output for one sample
   * @param parameters parameters, counted where they are first used; no buffers
   * @param forwardFlops floating-point operations of a forward pass
   * @param backwardFlops floating-point operations of a backward pass
   */
  public record Row(
      String name,
      String type,
      Shape outputShape,
      long parameters,
      long forwardFlops,
      long backwardFlops) {}

  private static final class Building {
    private final Set<String> types = new LinkedHashSet<>();
    private Shape output = Shape.of();
    private long parameters;
    private long forward;
    private long backward;
  }

  /** Keeps the rows. */
  public Summary {
    rows = List.copyOf(rows);
  }

  /** The summary of a network. */
  public static Summary of(Network network) {
    Tape tape = new Tape(network.dtype());
    List<Var> inputs = new ArrayList<>();
    for (Shape shape : network.spec().inputs()) {
      inputs.add(tape.constant(Tensor.zeros(shape.batch(1), network.dtype())));
    }
    Var output = network.recordPlainly(tape, inputs);
    Map<String, Building> layers = new LinkedHashMap<>();
    Map<String, Long> kinds = new HashMap<>();
    for (Op op : tape.ops()) {
      String name = op.scope().isEmpty() ? op.name() : op.scope();
      Building layer = layers.computeIfAbsent(name, key -> new Building());
      long backward = op.output().needsGrad() ? op.backwardFlops() : 0;
      layer.types.add(op.name());
      layer.output = op.output().shape().sample();
      layer.forward += op.forwardFlops();
      layer.backward += backward;
      kinds.merge(op.name(), op.forwardFlops() + backward, Long::sum);
    }
    for (Params.Entry entry : network.params().entries()) {
      if (!entry.role().isBuffer()) {
        String owner = entry.name().substring(0, Math.max(0, entry.name().lastIndexOf('.')));
        layers.computeIfAbsent(owner, key -> new Building()).parameters += entry.shape().count();
      }
    }
    return of(layers, kinds, output.shape().sample());
  }

  private static Summary of(
      Map<String, Building> layers, Map<String, Long> kinds, Shape outputShape) {
    List<Row> rows = new ArrayList<>();
    long parameters = 0;
    long forward = 0;
    long backward = 0;
    for (Map.Entry<String, Building> entry : layers.entrySet()) {
      Building layer = entry.getValue();
      String type = String.join("+", layer.types);
      rows.add(
          new Row(
              entry.getKey(), type, layer.output, layer.parameters, layer.forward, layer.backward));
      parameters += layer.parameters;
      forward += layer.forward;
      backward += layer.backward;
    }
    String dominant = "";
    long most = 0;
    for (Map.Entry<String, Long> kind : kinds.entrySet()) {
      if (kind.getValue() > most) {
        most = kind.getValue();
        dominant = kind.getKey();
      }
    }
    Row totals = new Row("total", "", outputShape, parameters, forward, backward);
    double share = forward + backward == 0 ? 0 : (double) most / (forward + backward);
    return new Summary(rows, totals, dominant, share);
  }

  /** A table for people. */
  public String text() {
    List<String[]> cells = new ArrayList<>();
    cells.add(new String[] {"layer", "type", "output", "parameters", "forward", "backward"});
    for (Row row : rows) {
      cells.add(cells(row));
    }
    cells.add(cells(totals));
    int[] width = new int[6];
    for (String[] line : cells) {
      for (int i = 0; i < width.length; i++) {
        width[i] = Math.max(width[i], line[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] line : cells) {
      StringBuilder built = new StringBuilder();
      for (int i = 0; i < width.length; i++) {
        String gap = " ".repeat(width[i] - line[i].length());
        built.append(i < 3 ? line[i] + gap : gap + line[i]).append("  ");
      }
      text.append(built.toString().stripTrailing()).append('\n');
    }
    if (!dominant.isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT, "%.0f %% of the flops are in %s%n", 100 * dominantShare, dominant));
    }
    return text.toString();
  }

  private static String[] cells(Row row) {
    return new String[] {
      row.name(),
      row.type(),
      row.outputShape().toString(),
      String.format(Locale.ROOT, "%,d", row.parameters()),
      flops(row.forwardFlops()),
      flops(row.backwardFlops())
    };
  }

  /** A number of flops with a unit: {@code 1.21 Gflop}. */
  static String flops(long count) {
    if (count < 1000) {
      return count + " flop";
    }
    String[] units = {"kflop", "Mflop", "Gflop", "Tflop", "Pflop"};
    double number = count / 1e3;
    int unit = 0;
    while (number >= 1000 && unit < units.length - 1) {
      number /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.2f %s", number, units[unit]);
  }
}
