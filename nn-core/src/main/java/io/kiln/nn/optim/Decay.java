package io.kiln.nn.optim;

/**
 * How a step draws parameters towards 0. Biases, gains and offsets are left out unless said
 * otherwise.
 *
 * @param l2 decay·w is added to the gradient, as if the loss had ½·l2·‖w‖²
 * @param decoupled whether it is w −= rate·l2·w instead: Loshchilov and Hutter 2019
 * @param l1 l1·sign(w) is added to the gradient, as if the loss had l1·Σ|w|
 * @param biases whether biases, gains and offsets decay too, as all parameters do in PyTorch
 */
public record Decay(double l2, boolean decoupled, double l1, boolean biases) {
  /** None. */
  public static final Decay NONE = new Decay(0, false, 0, false);

  /** So much L2 decay of weights. */
  public static Decay l2(double l2) {
    return new Decay(l2, false, 0, false);
  }

  /** So much decoupled decay of weights. */
  public static Decay decoupled(double l2) {
    return new Decay(l2, true, 0, false);
  }

  /** This with so much L1 decay. */
  public Decay withL1(double more) {
    return new Decay(l2, decoupled, more, biases);
  }

  /** This of biases, gains and offsets too. */
  public Decay ofBiasesToo() {
    return new Decay(l2, decoupled, l1, true);
  }
}
