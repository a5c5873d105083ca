package io.kiln.nn.train;

/** A run that should go on but has no checkpoint that is whole and fits the configuration. */
public final class NoCheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error that says where was looked, and what was wrong with what was there. */
  public NoCheckpointException(String message) {
    super(message);
  }
}
