package io.kiln.nn.check;

import io.kiln.nn.autograd.GradientCheck;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One row of the table: a differentiable function, what it must give, and what it must refuse.
 *
 * <p>The row alone drives the tests of gradient, reference, float32 against float64, determinism
 * and error text, and {@code kiln gradcheck}.
 *
 * @param name the op, and after a slash the variant: {@code conv2d/grouped}; layers, losses and
 *     whole networks are {@code layer/…}, {@code loss/…} and {@code net/…}
 * @param leaves float64 values of what is differentiated
 * @param constants float64 values of what is not (targets, masks)
 * @param graph records the function of leaves, then constants
 * @param bound largest relative error allowed
 * @param reference the digest of the output and of each leaf's gradient, from elsewhere: see {@link
 *     Waves}
 * @param refusals what is no input, and the message it must get
 */
public record OpCase(
    String name,
    List<Tensor> leaves,
    List<Tensor> constants,
    Graph graph,
    double bound,
    List<Double> reference,
    List<Refusal> refusals) {
  /** Bound of every single op. */
  public static final double OP_BOUND = 1e-9;

  /** Bound of whole networks. */
  public static final double NET_BOUND = 1e-10;

  /** Records a function of leaves and constants. */
  @FunctionalInterface
  public interface Graph {
    /** The output. */
    Var build(List<Var> leaves, List<Var> constants);
  }

  /**
   * A wrong use and what it must be answered.
   *
   * @param message the whole message, one line
   * @param attempt throws it
   */
  public record Refusal(String message, Runnable attempt) {}

  /** Copies the lists. */
  public OpCase {
    leaves = List.copyOf(leaves);
    constants = List.copyOf(constants);
    reference = List.copyOf(reference);
    refusals = List.copyOf(refusals);
  }

  /** An op without constants, with the bound of ops. */
  public static OpCase of(String name, GradientCheck.Graph graph, Tensor... leaves) {
    return of(name, List.of(), (vars, none) -> graph.build(vars), leaves);
  }

  /** An op with one constant, with the bound of ops. */
  public static OpCase with(String name, Tensor constant, Graph graph, Tensor... leaves) {
    return of(name, List.of(constant), graph, leaves);
  }

  static OpCase of(String name, List<Tensor> constants, Graph graph, Tensor... leaves) {
    return new OpCase(name, List.of(leaves), constants, graph, OP_BOUND, List.of(), List.of());
  }

  /** This row with what the output and each gradient must digest to. */
  public OpCase gives(double... digests) {
    List<Double> reference = Arrays.stream(digests).boxed().toList();
    return new OpCase(name, leaves, constants, graph, bound, reference, refusals);
  }

  /** This row with shapes of leaves, then constants, that the function must refuse. */
  public OpCase refuses(String message, Shape... shapes) {
    return refuses(message, graph, shapes);
  }

  /** This row with another use of the op that it must refuse, on zeros of these shapes. */
  public OpCase refuses(String message, Graph other, Shape... shapes) {
    int split = Math.min(leaves.size(), shapes.length);
    return refuses(
        message,
        () -> {
          Tape tape = new Tape(DType.FLOAT64);
          List<Var> vars = new ArrayList<>();
          for (Shape shape : shapes) {
            Tensor zeros = Tensor.zeros(shape, DType.FLOAT64);
            vars.add(vars.size() < split ? tape.variable(zeros) : tape.constant(zeros));
          }
          other.build(vars.subList(0, split), vars.subList(split, vars.size()));
        });
  }

  /** This row with something else that must be refused. */
  public OpCase refuses(String message, Runnable attempt) {
    List<Refusal> more = new ArrayList<>(refusals);
    more.add(new Refusal(message, attempt));
    return new OpCase(name, leaves, constants, graph, bound, reference, more);
  }

  /** This row with the bound of whole networks. */
  OpCase asNet() {
    return new OpCase(name, leaves, constants, graph, NET_BOUND, reference, refusals);
  }

  /** The largest relative error against central differences. */
  public double maxRelativeError() {
    return GradientCheck.maxRelativeError(
        vars ->
            graph.build(
                vars, constants.stream().map(c -> vars.get(0).tape().constant(c.copy())).toList()),
        leaves.stream().map(Tensor::copy).toList());
  }

  /** The function recorded on a tape of that width. */
  public Recorded recorded(DType dtype) {
    Tape tape = new Tape(dtype);
    List<Var> vars = leaves.stream().map(x -> tape.variable(x.copy().to(dtype))).toList();
    List<Var> fixed = constants.stream().map(x -> tape.constant(x.copy().to(dtype))).toList();
    return new Recorded(tape, vars, graph.build(vars, fixed));
  }

  /**
   * A row on a tape.
   *
   * @param tape where it is
   * @param leaves its leaves
   * @param y its output
   */
  public record Recorded(Tape tape, List<Var> leaves, Var y) {
    /** Runs forward and back, from the dL/dy that references go back from. */
    public void run() {
      tape.replay();
      tape.backward(y, Waves.seed(y.shape()).to(tape.dtype()));
    }

    /** The digest of the output and of each leaf's gradient. */
    public List<Double> digests() {
      List<Double> digests = new ArrayList<>();
      digests.add(Waves.digest(y.value()));
      for (Var leaf : leaves) {
        digests.add(Waves.digest(leaf.grad()));
      }
      return digests;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
