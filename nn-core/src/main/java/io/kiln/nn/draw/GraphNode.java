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
 * @param what what stands below: {@code value} or {@code shape}
 * @param value the value or the shape in words, or empty
 * @param gradient the gradient in words, or empty
 * @param isLeaf whether it is a leaf
 * @param inputs numbers of the nodes it is made from
 */
record GraphNode(
    String title,
    String what,
    String value,
    String gradient,
    boolean isLeaf,
    List<Integer> inputs) {
  private static final int SHOWN = 3;

  GraphNode {
    inputs = List.copyOf(inputs);
  }

  static GraphNode of(Var var, String name, List<Integer> inputs, boolean wentBack) {
    Op op = var.producer();
    String kind = op == null ? (var.needsGrad() ? "leaf" : "constant") : op.label();
    String title = name.isEmpty() ? kind : op == null ? name : name + " = " + kind;
    String what = "value";
    String value = "";
    String gradient = "";
    try {
      value = words(var.value());
    } catch (IllegalStateException notRunYet) {
      what = "shape";
      value = var.shape().toString();
    }
    if (wentBack && hasGradient(var)) {
      gradient = words(var.grad());
    }
    return new GraphNode(title, what, value, gradient, op == null, inputs);
  }

  /** A box of a network: the layer, what it does, and the shape of a sample behind it. */
  static GraphNode ofLayer(Var var, String name, List<Integer> inputs) {
    Op op = var.producer();
    String scope = op == null ? name : op.scope();
    String kind = op == null ? "" : op.label();
    String title = scope.isEmpty() || kind.isEmpty() ? scope + kind : scope + ": " + kind;
    return new GraphNode(title, "shape", var.shape().sample().toString(), "", op == null, inputs);
  }

  /** Whether there is one; a leaf's is there from the beginning, as zeros. */
  static boolean hasGradient(Var var) {
    if (!var.needsGrad()) {
      return false;
    }
    try {
      var.grad();
      return true;
    } catch (IllegalStateException notGoneBackYet) {
      return false;
    }
  }

  /** Whether exchanging its two inputs would change it, so that they must be told apart. */
  boolean isOrdered() {
    return inputs.size() == 2 && title.matches("(.* = )?(subtract|divide|power)");
  }

  /** Value and gradient, each with what it is. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (!value.isEmpty()) {
      lines.add(what + " " + value);
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
    String digits = String.format(Locale.ROOT, size >= 1e-3 && size < 1e6 ? "%.4g" : "%.3e", x);
    return digits.contains("e") ? digits : digits.replaceFirst("(\\.\\d*?)0+$", "$1");
  }
}
