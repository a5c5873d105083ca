package io.kiln.nn.data;

/**
 * What a row of a spool is: its numbers in float32, little endian. A dense row is features,
 * targets, weight; a sparse one begins with the number of its values, their columns (rising) and
 * the values instead of the features.
 *
 * @param sparse whether only some features are stored
 * @param features numbers of the input
 * @param targets numbers of the target
 * @param weighted whether a weight follows
 * @param rowBytes bytes of a row; of sparse rows the mean
 */
public record SpoolForm(
    boolean sparse, int features, int targets, boolean weighted, long rowBytes) {
  /** What is read and checked at once. */
  private static final long BLOCK_BYTES = 1 << 20;

  /** Checks the sizes. */
  public SpoolForm {
    if (features < 0 || targets < 0 || rowBytes < 0) {
      throw new IllegalArgumentException(
          "spool: "
              + features
              + " features, "
              + targets
              + " targets and "
              + rowBytes
              + " bytes came but none may be negative");
    }
  }

  /** Dense rows. */
  public static SpoolForm dense(int features, int targets, boolean weighted) {
    long numbers = (long) features + targets + (weighted ? 1 : 0);
    return new SpoolForm(false, features, targets, weighted, numbers * Float.BYTES);
  }

  /**
   * Sparse rows.
   *
   * @param values of all rows together
   */
  public static SpoolForm sparse(
      int features, int targets, boolean weighted, long values, long rows) {
    long numbers = 1 + 2 * (values / Math.max(1, rows)) + targets + (weighted ? 1 : 0);
    return new SpoolForm(true, features, targets, weighted, numbers * Float.BYTES);
  }

  /** Rows of a block; the last of a spool may have fewer. */
  public int blockRows() {
    return (int) Math.max(1, BLOCK_BYTES / Math.max(1, rowBytes));
  }

  /** Numbers behind the features of a row. */
  int tail() {
    return targets + (weighted ? 1 : 0);
  }
}
