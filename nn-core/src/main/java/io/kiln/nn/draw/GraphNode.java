package io.kiln.nn.draw;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is written in one box.
 *
 * @param title name of the op or of the leaf
 * @param value the value in words, or empty
 * @param gradient the gradient in words, or empty
 * @param isLeaf whether it is a leaf
 * @param inputs numbers of the nodes it is made from
 */
record GraphNode(
    String title, String value, String gradient, boolean isLeaf, List<Integer> inputs) {
  private static final int SHOWN = 3;

  GraphNode {
    inputs = List.copyOf(inputs);
  }

  static GraphNode of(Var var, String name, List<Integer> inputs) {
    Op op = var.producer();
    String kind = op == null ? (var.needsGrad() ? "leaf" : "constant") : op.label();
    String title = name.isEmpty() ? kind : op == null ? name : name + " = " + kind;
    String value = "";
    String gradient = "";
    try {
      value = words(var.value());
    } catch (IllegalStateException notRunYet) {
      value = var.shape().toString();
    }
    if (var.needsGrad()) {
      try {
        gradient = words(var.grad());
      } catch (IllegalStateException notGoneBackYet) {
        gradient = "";
      }
    }
    return new GraphNode(title, value, gradient, op == null, inputs);
  }

  /** Whether exchanging its two inputs would change it, so that they must be told apart. */
  boolean isOrdered() {
    return inputs.size() == 2 && title.matches("(.* = )?(subtract|divide|power)");
  }

  /** Value and gradient, each with what it is. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (!value.isEmpty()) {
      lines.add("value " + value);
    }
    if (!gradient.isEmpty()) {
      lines.add("gradient " + gradient);
    }
    return lines;
  }

  private static String words(Tensor x) {
    if (x.shape().rank() == 0) {
      return number(x.get(0));
    }
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < Math.min(SHOWN, x.count()); i++) {
      out.append(i == 0 ? "" : ", ").append(number(x.get(i)));
    }
    out.append(x.count() > SHOWN ? ", …]" : "]");
    return x.shape().rank() == 1 && x.count() <= SHOWN ? out.toString() : x.shape() + " " + out;
  }

  private static String number(double x) {
    if (x == Math.rint(x) && Math.abs(x) < 1e6) {
      return String.format(Locale.ROOT, "%.0f", x == 0 ? 0.0 : x);
    }
    double size = Math.abs(x);
    return String.format(Locale.ROOT, size >= 1e-3 && size < 1e6 ? "%.4g" : "%.3e", x);
  }
}
