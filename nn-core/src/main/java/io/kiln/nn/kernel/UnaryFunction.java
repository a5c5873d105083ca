package io.kiln.nn.kernel;

/** The elementwise functions y = f(x) of {@link Pointwise}, with parameters a and b. */
public enum UnaryFunction {
  /** |x|; f′ = sign x, 0 at 0. */
  ABS,
  /** min(max(x, a), b); f′ = 1 from a to b, both included, else 0. */
  CLIP,
  /** x / (1 + |x|): Turian, Bergstra and Bengio 2009; f′ = 1 / (1 + |x|)². */
  SOFTSIGN,
  /** min(max(a·x + b, 0), 1): Courbariaux, Bengio and David 2015; f′ = a inside, else 0. */
  HARD_SIGMOID,
  /** erf x = 2/√π·∫₀ˣ e^(−t²) dt; f′ = 2/√π·e^(−x²). */
  ERF
}
