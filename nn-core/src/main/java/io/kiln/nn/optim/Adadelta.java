package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Adadelta (Zeiler 2012, algorithm 1), with a rate as in PyTorch and Keras; the paper's is 1.
 *
 * <p>s = ρ·s + (1 − ρ)·g′², d = g′·√(q + ε) / √(s + ε), q = ρ·q + (1 − ρ)·d², w −= rate·d.
 *
 * @param rho share of the averages that is kept, 0.9 as in PyTorch (Keras has 0.95)
 * @param epsilon 10⁻⁶ as in PyTorch (Keras has 10⁻⁷)
 */
public record Adadelta(double rho, double epsilon) implements Optimizer {
  /** Reads {@code rho}, {@code epsilon}. */
  public static Adadelta from(Settings settings) {
    return new Adadelta(
        settings.belowOne("rho", 0.9),
        settings.within(Double.MIN_NORMAL, Double.POSITIVE_INFINITY, "epsilon", 1e-6));
  }

  @Override
  public List<String> stateNames() {
    return List.of("square", "move");
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    Kernels.of(w.dtype())
        .adaptive()
        .adadelta(w, g, state.get(0), state.get(1), step.factors(), step.rate(), rho, epsilon);
  }

  @Override
  public Traits traits() {
    return new Traits(false, 0, Reach.NEIGHBOURS, false, 1);
  }
}
