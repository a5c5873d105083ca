package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.arithmetic.Activation;

/**
 * Gaussian error linear unit, y = x·Φ(x) with the normal distribution function Φ, or its
 * approximation by tanh. Any shape. Hendrycks and Gimpel 2016.
 *
 * @param exact whether Φ is exact; if not, x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2
 */
public record Gelu(boolean exact) implements Layer {
  /** Reads {@code form}: {@code exact} (as PyTorch's default) or {@code tanh}. */
  public static Gelu from(Settings settings) {
    String form = settings.choice("form", "exact", "exact", "tanh");
    settings.finish();
    return new Gelu(form.equals("exact"));
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Activation.of(exact ? Nonlinearity.GELU : Nonlinearity.GELU_TANH, x);
  }
}
