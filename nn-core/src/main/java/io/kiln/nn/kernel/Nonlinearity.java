package io.kiln.nn.kernel;

/** The elementwise functions y = f(x) of {@link Activations}; a is the function's parameter. */
public enum Nonlinearity {
  /** 1 / (1 + e⁻ˣ); f′ = y·(1 − y). */
  SIGMOID(true),
  /** tanh x; f′ = 1 − y². */
  TANH(true),
  /** eˣ; f′ = y. */
  EXP(true),
  /** log x, natural; f′ = 1 / x. */
  LOG(false),
  /** arctan x; f′ = 1 / (1 + x²). */
  ARCTAN(false),
  /** log(1 + eᵃˣ) / a; f′ = 1 − e⁻ᵃʸ. */
  SOFTPLUS(true),
  /** x·sigmoid(x): Hendrycks and Gimpel 2016; f′ = s·(1 + x·(1 − s)) with s = sigmoid(x). */
  SILU(false),
  /** x·Φ(x), Φ the normal distribution: Hendrycks and Gimpel 2016; f′ = Φ(x) + x·φ(x). */
  GELU(false),
  /** x·(1 + tanh u) / 2 with u = √(2/π)·(x + 0.044715·x³): the same paper's approximation. */
  GELU_TANH(false),
  /** x where x &gt; 0, else a·x, a ≥ 0; f′ = 1 or a. */
  LEAKY_RELU(true),
  /** x where x &gt; 0, else a·(eˣ − 1), a ≥ 0: Clevert et al. 2016; f′ = 1 or y + a. */
  ELU(true);

  private final boolean outputGivesSlope;

  Nonlinearity(boolean outputGivesSlope) {
    this.outputGivesSlope = outputGivesSlope;
  }

  /** Whether the derivative is computed from y; if not, from x. */
  public boolean outputGivesSlope() {
    return outputGivesSlope;
  }
}
