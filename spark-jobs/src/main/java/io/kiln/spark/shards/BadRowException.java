package io.kiln.spark.shards;

import java.io.IOException;

/** A row that cannot be a sample; {@link GivenTable#explained} says where it stands. */
public final class BadRowException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int partition;
  private final long offset;

  /**
   * An error of a row.
   *
   * @param partition it was read in
   * @param offset its place there from 0
   * @param what came; and, behind a semicolon, what to do
   */
  public BadRowException(int partition, long offset, String what) {
    super(what);
    this.partition = partition;
    this.offset = offset;
  }

  /** The partition it was read in. */
  int partition() {
    return partition;
  }

  /** Its place in the partition from 0. */
  long offset() {
    return offset;
  }
}
