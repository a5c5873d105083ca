package io.kiln.spark.cluster;

/**
 * An attempt that ended without a result. Its cause is what the first worker in trouble threw, as
 * far as its class is known; what the others said of lost peers is left out.
 */
public final class AttemptFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int rank;
  private final String host;
  private final boolean retryable;

  /**
   * An attempt that failed.
   *
   * @param rank the first worker in trouble, or -1 if none is known
   * @param host where it ran
   * @param retryable whether the same again may succeed
   */
  public AttemptFailedException(
      int attempt, int rank, String host, String message, boolean retryable, Throwable cause) {
    super(
        "attempt "
            + attempt
            + (rank < 0 ? "" : ": worker " + rank + " on " + host)
            + ": "
            + message,
        cause);
    this.rank = rank;
    this.host = host;
    this.retryable = retryable;
  }

  private AttemptFailedException(AttemptFailedException last, int attempts) {
    super(
        last.getMessage() + "; given up after " + attempts + " attempts without progress",
        last.getCause());
    this.rank = last.rank;
    this.host = last.host;
    this.retryable = false;
    addSuppressed(last);
  }

  /** This failure as the end of that many attempts that came no further. */
  AttemptFailedException givenUp(int attempts) {
    return new AttemptFailedException(this, attempts);
  }

  /** The first worker in trouble, or -1 if none is known. */
  public int rank() {
    return rank;
  }

  /** Where it ran. */
  public String host() {
    return host;
  }

  /** Whether the same again may succeed. */
  public boolean retryable() {
    return retryable;
  }
}
