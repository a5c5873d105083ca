package io.kiln.spark.shards;

import java.io.IOException;

/**
 * Rows that Spark had shuffled are gone with the executor that had them. Not the reader's fault:
 * {@link ShardedTable#materialise} computes them again.
 */
public final class LostRowsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String executor;

  LostRowsException(String message, String executor, Throwable cause) {
    super(message, cause);
    this.executor = executor;
  }

  /** The executor that had the rows, as Spark calls it; empty if it is not known. */
  public String executor() {
    return executor;
  }
}
