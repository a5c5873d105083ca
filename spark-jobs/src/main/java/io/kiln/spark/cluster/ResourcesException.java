package io.kiln.spark.cluster;

/** A cluster that did not give the workers in time. */
public final class ResourcesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error that says what was asked for, what came, and what to change. */
  public ResourcesException(String message) {
    super(message);
  }
}
