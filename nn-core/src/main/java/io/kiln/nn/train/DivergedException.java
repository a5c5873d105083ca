package io.kiln.nn.train;

/** Training whose loss or weights are no numbers any more, or that fails again and again. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error that says at which step, and what to change. */
  public DivergedException(String message) {
    super(message);
  }
}
