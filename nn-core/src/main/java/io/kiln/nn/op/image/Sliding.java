package io.kiln.nn.op.image;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.kernel.Window;

/**
 * How a window moves over a plane, whatever the plane's size.
 *
 * @param strideH step down
 * @param strideW step to the right
 * @param padTop rows added above
 * @param padBottom rows added below
 * @param padLeft columns added on the left
 * @param padRight columns added on the right
 * @param dilationH distance of the window's rows
 * @param dilationW distance of the window's columns
 */
public record Sliding(
    int strideH,
    int strideW,
    int padTop,
    int padBottom,
    int padLeft,
    int padRight,
    int dilationH,
    int dilationW) {
  /** Step 1, no padding, no dilation. */
  public static final Sliding UNIT = new Sliding(1, 1, 0, 0, 0, 0, 1, 1);

  /** Steps and dilations are 1 or more, padding 0 or more. */
  public Sliding {
    if (strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1) {
      throw new IllegalArgumentException(
          "sliding: stride ["
              + strideH
              + ", "
              + strideW
              + "] and dilation ["
              + dilationH
              + ", "
              + dilationW
              + "] came but all must be 1 or more");
    }
    if (padTop < 0 || padBottom < 0 || padLeft < 0 || padRight < 0) {
      throw new IllegalArgumentException(
          "sliding: padding ["
              + padTop
              + ", "
              + padBottom
              + ", "
              + padLeft
              + ", "
              + padRight
              + "] came but all must be 0 or more");
    }
  }

  /** This with other steps. */
  public Sliding stride(int h, int w) {
    return new Sliding(h, w, padTop, padBottom, padLeft, padRight, dilationH, dilationW);
  }

  /** This with the same padding above and below, and the same on the left and right. */
  public Sliding padding(int h, int w) {
    return padding(h, h, w, w);
  }

  /** This with other padding. */
  public Sliding padding(int top, int bottom, int left, int right) {
    return new Sliding(strideH, strideW, top, bottom, left, right, dilationH, dilationW);
  }

  /** This with other dilation. */
  public Sliding dilation(int h, int w) {
    return new Sliding(strideH, strideW, padTop, padBottom, padLeft, padRight, h, w);
  }

  /**
   * This with the padding that makes ⌈size / stride⌉ positions; an odd one goes below and right, as
   * in PyTorch and TensorFlow.
   */
  public Sliding same(int inH, int inW, int kernelH, int kernelW) {
    int h = missing(inH, strideH, dilationH * (kernelH - 1) + 1);
    int w = missing(inW, strideW, dilationW * (kernelW - 1) + 1);
    return padding(h / 2, h - h / 2, w / 2, w - w / 2);
  }

  private static int missing(int in, int stride, int extent) {
    int out = (in + stride - 1) / stride;
    return Math.max(0, (out - 1) * stride + extent - in);
  }

  /**
   * The positions over a plane, ⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1.
   *
   * @param where who asks, for messages
   * @param ceiling whether the division rounds up (a last window may hang over the edge, but must
   *     begin inside the plane or its padding above and left; the only one too), as in PyTorch's
   *     pooling
   */
  Window over(String where, int inH, int inW, int kernelH, int kernelW, boolean ceiling) {
    int extentH = dilationH * (kernelH - 1) + 1;
    int extentW = dilationW * (kernelW - 1) + 1;
    int roomH = inH + padTop + padBottom - extentH;
    int roomW = inW + padLeft + padRight - extentW;
    Check.that(
        roomH >= (ceiling ? 1 - strideH : 0) && roomW >= (ceiling ? 1 - strideW : 0),
        where
            + ": the plane is ["
            + inH
            + ", "
            + inW
            + "], with padding ["
            + (inH + padTop + padBottom)
            + ", "
            + (inW + padLeft + padRight)
            + "], but the window covers ["
            + extentH
            + ", "
            + extentW
            + "]; give a smaller window or more padding");
    return new Window(
        inH,
        inW,
        kernelH,
        kernelW,
        strideH,
        strideW,
        padTop,
        padLeft,
        dilationH,
        dilationW,
        positions(roomH, strideH, inH + padTop, ceiling),
        positions(roomW, strideW, inW + padLeft, ceiling));
  }

  private static int positions(int room, int stride, int inside, boolean ceiling) {
    int last = ceiling ? (room + stride - 1) / stride : room / stride;
    return ceiling && last > 0 && last * stride >= inside ? last : last + 1;
  }
}
