package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A row-major matrix inside a tensor, as an operand of {@link Matrix}: where it begins after the
 * tensor's own offset, how many numbers lie from row to row as stored, and whether it is read
 * transposed. Whoever computes the same product again and again keeps one object for each operand,
 * so that nothing is allocated.
 */
public final class Operand {
  private @Nullable Tensor tensor;
  private int at;
  private int stride;
  private boolean transposed;

  /** Now the matrix with that stride at the tensor's beginning, read as it lies. */
  public Operand of(Tensor tensor, int stride) {
    this.tensor = tensor;
    this.at = 0;
    this.stride = stride;
    this.transposed = false;
    return this;
  }

  /** Now the matrix stored with that stride at the tensor's beginning, read transposed. */
  public Operand transposed(Tensor tensor, int stride) {
    of(tensor, stride);
    this.transposed = true;
    return this;
  }

  /** Now the matrix of the same kind that begins so many numbers after the tensor's first. */
  public Operand at(int at) {
    this.at = at;
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

  /** Index in the tensor's array of the first number. */
  public int first() {
    return tensor().offset() + at;
  }

  /** Numbers from row to row, as stored. */
  public int stride() {
    return stride;
  }

  /** Whether it is read transposed. */
  public boolean isTransposed() {
    return transposed;
  }

  /** Numbers from row to row, as read. */
  public int down() {
    return transposed ? 1 : stride;
  }

  /** Numbers from column to column, as read. */
  public int across() {
    return transposed ? stride : 1;
  }
}
