package io.kiln.nn.conv;

import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a pass of a convolution reads and writes. One object serves one op: it is filled anew for
 * each pass.
 */
public final class ConvTensors {
  private @Nullable Tensor scratch;
  private @Nullable Tensor x;
  private @Nullable Tensor w;
  private @Nullable Tensor b;
  private @Nullable Tensor y;
  private boolean rectified;
  private @Nullable Tensor dy;
  private @Nullable Tensor dw;
  private double betaW;
  private @Nullable Tensor db;
  private double betaB;
  private @Nullable Tensor dx;

  /**
   * What both passes read.
   *
   * @param scratch working memory of {@link Filter#scratchSize} numbers
   * @param x images
   * @param w [filters, channels/groups, kernelH, kernelW]
   * @param b [filters], or null for none
   * @param y maps: written by the forward pass, read by the backward pass if rectified
   */
  public ConvTensors of(Tensor scratch, Tensor x, Tensor w, @Nullable Tensor b, Tensor y) {
    this.scratch = scratch;
    this.x = x;
    this.w = w;
    this.b = b;
    this.y = y;
    this.rectified = false;
    this.dy = null;
    this.dw = null;
    this.db = null;
    this.dx = null;
    return this;
  }

  /** Whether y is max(…, 0); it is not unless said. */
  public ConvTensors rectified(boolean is) {
    this.rectified = is;
    return this;
  }

  /** What comes back; without the next three nothing of it is wanted. */
  public ConvTensors gradient(Tensor dy) {
    this.dy = dy;
    return this;
  }

  /** Wants dw = β·dw + …. */
  public ConvTensors wantsWeight(Tensor dw, double beta) {
    this.dw = dw;
    this.betaW = beta;
    return this;
  }

  /** Wants db = β·db + …. */
  public ConvTensors wantsBias(Tensor db, double beta) {
    this.db = db;
    this.betaB = beta;
    return this;
  }

  /** Wants dx, which is added to or overwritten: {@link Filter#addsToImage}. */
  public ConvTensors wantsImage(Tensor dx) {
    this.dx = dx;
    return this;
  }

  Tensor scratch() {
    return given(scratch);
  }

  Tensor x() {
    return given(x);
  }

  Tensor w() {
    return given(w);
  }

  @Nullable Tensor b() {
    return b;
  }

  Tensor y() {
    return given(y);
  }

  boolean rectified() {
    return rectified;
  }

  Tensor dy() {
    return given(dy);
  }

  @Nullable Tensor dw() {
    return dw;
  }

  double betaW() {
    return betaW;
  }

  @Nullable Tensor db() {
    return db;
  }

  double betaB() {
    return betaB;
  }

  @Nullable Tensor dx() {
    return dx;
  }

  /** Of no images or no places the gradients are nothing. */
  void nothing() {
    if (dw != null && betaW == 0) {
      dw.fill(0);
    }
    if (db != null && betaB == 0) {
      db.fill(0);
    }
  }

  private static Tensor given(@Nullable Tensor tensor) {
    if (tensor == null) {
      throw new IllegalStateException("convolution: a pass reads a tensor that it was not given");
    }
    return tensor;
  }
}
