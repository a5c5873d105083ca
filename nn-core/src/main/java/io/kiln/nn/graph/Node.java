package io.kiln.nn.graph;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.algebra.MatrixMultiply;
import io.kiln.nn.op.arithmetic.Activation;
import io.kiln.nn.op.arithmetic.Add;
import io.kiln.nn.op.arithmetic.Divide;
import io.kiln.nn.op.arithmetic.Exp;
import io.kiln.nn.op.arithmetic.Log;
import io.kiln.nn.op.arithmetic.Multiply;
import io.kiln.nn.op.arithmetic.Power;
import io.kiln.nn.op.arithmetic.Relu;
import io.kiln.nn.op.arithmetic.Subtract;
import io.kiln.nn.op.arithmetic.SumAxes;
import io.kiln.nn.tensor.Tensor;
import java.util.Locale;

/**
 * A node of a {@link Graph}: a number or an array, with its value and its gradient.
 *
 * <p>Arithmetic is element by element; both operands have one shape, or one is a single number.
 */
public final class Node {
  private static final int SHOWN = 4;

  private final Graph graph;
  private final Var var;
  private final String formula;
  private final int place;
  private String name = "";

  Node(Graph graph, Var var, String formula, int place) {
    this.graph = graph;
    this.var = var;
    this.formula = formula;
    this.place = place;
  }

  /** Gives it a name in tables and drawings. */
  public Node named(String name) {
    this.name = name;
    return this;
  }

  /** x + y. */
  public Node plus(Node y) {
    return graph.node(Add.of(var, y.var), name() + " + " + y.name());
  }

  /** x + y. */
  public Node plus(double y) {
    return graph.node(Add.of(var, y), name() + " + " + text(y));
  }

  /** x − y. */
  public Node minus(Node y) {
    return graph.node(Subtract.of(var, y.var), name() + " − " + y.name());
  }

  /** x − y. */
  public Node minus(double y) {
    return graph.node(Subtract.of(var, y), name() + " − " + text(y));
  }

  /** x · y, element by element; the matrix product is {@link #product}. */
  public Node times(Node y) {
    return graph.node(Multiply.of(var, y.var), name() + " · " + y.name());
  }

  /** x · y. */
  public Node times(double y) {
    return graph.node(Multiply.of(var, y), name() + " · " + text(y));
  }

  /** x / y. */
  public Node over(Node y) {
    return graph.node(Divide.of(var, y.var), name() + " / " + y.name());
  }

  /** x / y. */
  public Node over(double y) {
    return graph.node(Divide.of(var, y), name() + " / " + text(y));
  }

  /** xʸ. */
  public Node power(Node y) {
    return graph.node(Power.of(var, y.var), name() + " ^ " + y.name());
  }

  /** xʸ. */
  public Node power(double y) {
    return graph.node(Power.of(var, y), name() + " ^ " + text(y));
  }

  /** −x. */
  public Node negated() {
    return graph.node(Subtract.of(0, var), "−" + name());
  }

  /** 1 / x. */
  public Node reciprocal() {
    return graph.node(Divide.of(1, var), "1 / " + name());
  }

  /** eˣ. */
  public Node exp() {
    return graph.node(Exp.of(var), "exp(" + name() + ")");
  }

  /** Natural logarithm of x. */
  public Node log() {
    return graph.node(Log.of(var), "log(" + name() + ")");
  }

  /** 1 / (1 + e⁻ˣ). */
  public Node sigmoid() {
    return graph.node(Activation.sigmoid(var), "sigmoid(" + name() + ")");
  }

  /** Hyperbolic tangent of x. */
  public Node tanh() {
    return graph.node(Activation.of(Nonlinearity.TANH, var), "tanh(" + name() + ")");
  }

  /** max(x, 0). */
  public Node relu() {
    return graph.node(Relu.of(var), "relu(" + name() + ")");
  }

  /** The sum of all elements. */
  public Node sum() {
    return graph.node(SumAxes.all(var), "sum(" + name() + ")");
  }

  /** The matrix product x · y. */
  public Node product(Node y) {
    return graph.node(MatrixMultiply.of(var, y.var), name() + " × " + y.name());
  }

  /**
   * Changes a leaf; every node is computed again. Gradients stay until {@link Graph#backward}.
   *
   * @throws IllegalArgumentException if it is made by others, or has another number of elements
   */
  public void set(double... values) {
    if (var.producer() != null) {
      throw new IllegalArgumentException(
          "node " + name() + ": it is " + formula + "; only leaves can be set");
    }
    if (values.length != var.shape().count()) {
      throw new IllegalArgumentException(
          "node "
              + name()
              + ": "
              + values.length
              + " numbers came but it has "
              + var.shape().count()
              + "; give as many");
    }
    for (int i = 0; i < values.length; i++) {
      var.value().set(i, values[i]);
    }
    graph.recompute();
  }

  /**
   * The value of a number.
   *
   * @throws IllegalStateException if it is an array
   */
  public double value() {
    return single(var.value(), "values");
  }

  /** The values of an array, row by row. */
  public double[] values() {
    return var.value().toArray();
  }

  /**
   * The gradient of a number: how fast what {@link Graph#backward} began from grows with it.
   *
   * @throws IllegalStateException if it is an array, or nothing has gone back yet
   */
  public double gradient() {
    return single(grad(), "gradients");
  }

  /**
   * The gradient of each element.
   *
   * @throws IllegalStateException if nothing has gone back yet
   */
  public double[] gradients() {
    return grad().toArray();
  }

  private Tensor grad() {
    if (!graph.wentBack(this)) {
      throw new IllegalStateException(
          "node " + name() + ": it has no gradient yet; call graph.backward(y) first");
    }
    return var.grad();
  }

  private double single(Tensor tensor, String instead) {
    if (tensor.count() != 1) {
      throw new IllegalStateException(
          "node " + name() + ": it is " + var.shape() + "; ask for " + instead + "()");
    }
    return tensor.get(0);
  }

  /** Its name, or v and its number if it has none. */
  public String name() {
    return name.isEmpty() ? "v" + place : name;
  }

  /** How it is made, in the names of others; empty for a leaf. */
  public String formula() {
    return formula;
  }

  /** Its node on the tape, for ops that have no method here: see {@link Graph#node}. */
  public Var var() {
    return var;
  }

  /** 1 for the first node of the graph. */
  int place() {
    return place;
  }

  boolean isNamed() {
    return !name.isEmpty();
  }

  String valueText() {
    return text(var.value());
  }

  String gradientText() {
    return graph.wentBack(this) ? text(var.grad()) : "";
  }

  private static String text(Tensor x) {
    if (x.shape().rank() == 0) {
      return text(x.get(0));
    }
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < Math.min(SHOWN, x.count()); i++) {
      out.append(i == 0 ? "" : ", ").append(text(x.get(i)));
    }
    return out.append(x.count() > SHOWN ? ", …]" : "]").toString();
  }

  private static String text(double x) {
    if (x == Math.rint(x) && Math.abs(x) < 1e6) {
      return String.format(Locale.ROOT, "%.0f", x == 0 ? 0.0 : x);
    }
    String digits = String.format(Locale.ROOT, "%.6g", x);
    return digits.contains("e") ? digits : digits.replaceFirst("(\\.\\d*?)0+$", "$1");
  }
}
