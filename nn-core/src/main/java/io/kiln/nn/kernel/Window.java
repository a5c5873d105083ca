package io.kiln.nn.kernel;

/**
 * How a window slides over a plane: the geometry of a convolution or a pooling.
 *
 * <p>Output (oy, ox) sees input (oy·strideH − padTop + r·dilationH, ox·strideW − padLeft +
 * s·dilationW) for 0 ≤ r &lt; kernelH, 0 ≤ s &lt; kernelW.
 *
 * @param inH height of the plane
 * @param inW width of the plane
 * @param kernelH height of the window
 * @param kernelW width of the window
 * @param strideH step down
 * @param strideW step to the right
 * @param padTop rows added above
 * @param padLeft columns added on the left
 * @param dilationH distance of the window's rows
 * @param dilationW distance of the window's columns
 * @param outH positions down
 * @param outW positions to the right
 */
public record Window(
    int inH,
    int inW,
    int kernelH,
    int kernelW,
    int strideH,
    int strideW,
    int padTop,
    int padLeft,
    int dilationH,
    int dilationW,
    int outH,
    int outW) {
  /** Elements of the plane. */
  public int inCount() {
    return inH * inW;
  }

  /** Positions of the window. */
  public int outCount() {
    return outH * outW;
  }

  /** Elements the window covers. */
  public int kernelCount() {
    return kernelH * kernelW;
  }

  /** Whether each position sees just the element at the same place. */
  public boolean isPointwise() {
    return kernelH == 1
        && kernelW == 1
        && strideH == 1
        && strideW == 1
        && padTop == 0
        && padLeft == 0
        && outH == inH
        && outW == inW;
  }

  /** First position to the right, from 0 to outW, whose input for column s is 0 or more. */
  public int firstColumn(int s) {
    int before = padLeft - s * dilationW;
    return Math.min(outW, before <= 0 ? 0 : (before + strideW - 1) / strideW);
  }

  /**
   * One more than the last position to the right whose input for column s is below inW; never below
   * {@link #firstColumn}, so a column that lies outside the plane at every position has none.
   */
  public int endColumn(int s) {
    int room = inW - 1 + padLeft - s * dilationW;
    return Math.max(firstColumn(s), room < 0 ? 0 : Math.min(outW, room / strideW + 1));
  }
}
