package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A matrix whose rows and columns are found through tables, as an operand of {@link
 * IndirectMatrix}: its element [i, p] is the tensor's number at + rows[from + i] + columns[p]. The
 * tables stay, the place changes from product to product.
 */
public final class IndirectOperand {
  private final int[] rows;
  private final int @Nullable [] columns;
  private @Nullable Tensor tensor;
  private int at;
  private int from;

  /** A matrix with rows at those places; its columns lie together. */
  public IndirectOperand(int[] rows) {
    this(rows, null);
  }

  /** A matrix with rows and columns at those places. */
  public IndirectOperand(int[] rows, int @Nullable [] columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /** An ordinary matrix of so many rows, each so many numbers after the one before. */
  public static IndirectOperand strided(int rows, int stride) {
    return new IndirectOperand(steps(rows, stride));
  }

  /** 0, step, 2·step, … */
  public static int[] steps(int count, int step) {
    int[] table = new int[count];
    for (int i = 0; i < count; i++) {
      table[i] = i * step;
    }
    return table;
  }

  /** The same matrix so many numbers after the tensor's first, from row 0 of the table. */
  public IndirectOperand in(Tensor tensor, int at) {
    this.tensor = tensor;
    this.at = at;
    this.from = 0;
    return this;
  }

  /** The matrix that begins with that row of the table. */
  public IndirectOperand from(int row) {
    this.from = row;
    return this;
  }

  /**
   * The tensor whose numbers it has.
   *
   * @throws IllegalStateException if it was not yet given one
   */
  public Tensor tensor() {
    if (tensor == null) {
      throw new IllegalStateException("product: an operand is used before it has a tensor");
    }
    return tensor;
  }

  /** Index in the tensor's array that places are counted from. */
  public int first() {
    return tensor().offset() + at;
  }

  /** The table of rows. */
  public int[] rows() {
    return rows;
  }

  /** Index in {@link #rows} of row 0. */
  public int from() {
    return from;
  }

  /** The table of columns, or null if they lie together, which is faster. */
  public int @Nullable [] columns() {
    return columns;
  }
}
