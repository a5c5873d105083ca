package io.kiln.nn.train;

/** Training that left the finite numbers: the loss is not a number or infinite. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long step;

  /** An error at a step (0 for the first). */
  public DivergedException(long step, String message) {
    super(message);
    this.step = step;
  }

  /** The step whose loss was not finite. */
  public long step() {
    return step;
  }
}
