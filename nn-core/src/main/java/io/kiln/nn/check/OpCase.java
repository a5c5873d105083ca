package io.kiln.nn.check;

import io.kiln.nn.autograd.GradientCheck;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * One differentiable function to be checked.
 *
 * @param name the op, and after a slash the variant: {@code conv2d/stride-2}
 * @param leaves float64 values of what is differentiated
 * @param constants float64 values of what is not (targets, masks)
 * @param graph records the function of leaves, then constants
 * @param bound largest relative error allowed
 */
public record OpCase(
    String name, List<Tensor> leaves, List<Tensor> constants, Graph graph, double bound) {
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

  /** An op without constants, with the bound of ops. */
  public static OpCase of(String name, GradientCheck.Graph graph, Tensor... leaves) {
    return new OpCase(
        name, List.of(leaves), List.of(), (vars, none) -> graph.build(vars), OP_BOUND);
  }

  /** An op with one constant, with the bound of ops. */
  public static OpCase with(String name, Tensor constant, Graph graph, Tensor... leaves) {
    return new OpCase(name, List.of(leaves), List.of(constant), graph, OP_BOUND);
  }

  /** The largest relative error against central differences. */
  public double maxRelativeError() {
    return GradientCheck.maxRelativeError(
        vars ->
            graph.build(vars, constants.stream().map(c -> vars.get(0).tape().constant(c)).toList()),
        leaves.stream().map(Tensor::copy).toList());
  }
}
