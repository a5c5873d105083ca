package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Limited-memory BFGS as an update rule, {@code type: lbfgs}: one direction a step, from the
 * gradient of the whole training set (Liu and Nocedal 1989; Nocedal and Wright 2006, algorithm
 * 7.4).
 *
 * <p>d = −H·g with H from the last changes s of w and y of g by the two-loop recursion, begun with
 * γ = s·y / y·y; w += rate·d, in the first step rate·min(1, 1 / ‖g‖₁)·d. A change with s·y ≤ 10⁻¹⁰
 * is not remembered. This is PyTorch's LBFGS without line search and with one iteration a step; the
 * learning rate is 1 where nothing is configured. {@link Lbfgs} searches along each direction, but
 * needs a loss that it may ask for at will.
 *
 * <p>It asks for the {@linkplain Traits#fullBatch full batch}, so a step is an epoch, and for all
 * parameters together.
 *
 * @param memory how many changes are remembered
 */
public record LbfgsSteps(int memory) implements Optimizer {
  private static final double SMALLEST_CURVATURE = 1e-10;
  private static final int FIRST_PAIR = 2;

  /** Reads {@code memory} (10). */
  public static LbfgsSteps from(Settings settings) {
    return new LbfgsSteps(settings.atLeast(1, "memory", 10));
  }

  @Override
  public List<String> stateNames() {
    List<String> names = new ArrayList<>(List.of("gradient", "move"));
    for (int i = 0; i < memory; i++) {
      names.add("move-" + i);
      names.add("change-" + i);
    }
    return List.copyOf(names);
  }

  /** How w changed in the i-th remembered step, the last of which is the newest. */
  private static Tensor move(List<Tensor> state, int i) {
    return state.get(FIRST_PAIR + 2 * i);
  }

  /** How the gradient changed in it. */
  private static Tensor change(List<Tensor> state, int i) {
    return state.get(FIRST_PAIR + 2 * i + 1);
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    kernels.elementwise().scale(step.scale(), g, g);
    Tensor before = state.get(0);
    Tensor direction = state.get(1);
    if (step.number() > 1) {
      remember(kernels, g, before, direction, state);
    }
    before.copyFrom(g);
    direct(kernels, g, state, direction);
    if (!(dot(g, direction) < 0)) {
      for (Tensor pair : state.subList(FIRST_PAIR, state.size())) {
        pair.fill(0);
      }
      kernels.elementwise().scale(-1, g, direction);
    }
    double distance = step.rate();
    if (step.number() == 1) {
      distance *= Math.min(1, 1 / sumOfSizes(g));
    }
    kernels.elementwise().scale(distance, direction, direction);
    kernels.elementwise().accumulate(1, direction, w);
  }

  /** Adds the last step to the pairs, unless the loss curved the wrong way along it. */
  private void remember(
      Kernels kernels, Tensor g, Tensor before, Tensor lastMove, List<Tensor> state) {
    kernels.elementwise().scale(-1, before, before);
    kernels.elementwise().accumulate(1, g, before); // how the gradient changed
    if (!(dot(before, lastMove) > SMALLEST_CURVATURE)) {
      return;
    }
    for (int i = 1; i < memory; i++) {
      move(state, i - 1).copyFrom(move(state, i));
      change(state, i - 1).copyFrom(change(state, i));
    }
    move(state, memory - 1).copyFrom(lastMove);
    change(state, memory - 1).copyFrom(before);
  }

  /** direction = −H·g; pairs that are not there yet are zero. */
  private void direct(Kernels kernels, Tensor g, List<Tensor> state, Tensor direction) {
    double[] factors = new double[memory];
    double[] products = new double[memory];
    kernels.elementwise().scale(-1, g, direction);
    for (int i = memory - 1; i >= 0; i--) {
      products[i] = dot(move(state, i), change(state, i));
      if (products[i] > 0) {
        factors[i] = dot(move(state, i), direction) / products[i];
        kernels.elementwise().accumulate(-factors[i], change(state, i), direction);
      }
    }
    if (products[memory - 1] > 0) {
      Tensor newest = change(state, memory - 1);
      kernels.elementwise().scale(products[memory - 1] / dot(newest, newest), direction, direction);
    }
    for (int i = 0; i < memory; i++) {
      if (products[i] > 0) {
        double back = dot(change(state, i), direction) / products[i];
        kernels.elementwise().accumulate(factors[i] - back, move(state, i), direction);
      }
    }
  }

  private static double dot(Tensor x, Tensor y) {
    double sum = 0;
    for (int i = 0, n = x.count(); i < n; i++) {
      sum += x.get(i) * y.get(i);
    }
    return sum;
  }

  private static double sumOfSizes(Tensor x) {
    double sum = 0;
    for (int i = 0, n = x.count(); i < n; i++) {
      sum += Math.abs(x.get(i));
    }
    return sum;
  }

  @Override
  public Traits traits() {
    return Traits.NONE.together().onFullBatch(1);
  }
}
