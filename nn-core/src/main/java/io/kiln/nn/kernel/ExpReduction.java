package io.kiln.nn.kernel;

/**
 * The constants of exp and tanh in float32: exp(x) = 2ᵏ·exp(r) with k = round(x / ln 2) (Cody and
 * Waite's reduction, as in Moshier's Cephes).
 */
public final class ExpReduction {
  /** 1 / ln 2. */
  public static final float PER_LN2 = 1.44269504f;

  /** ln 2 in two parts: the first has few bits, so that k times it is exact. */
  public static final float LN2_HIGH = 0.693359375f;

  /** ln 2 less {@link #LN2_HIGH}. */
  public static final float LN2_LOW = -2.12194440e-4f;

  /** 1.5·2²³: added, it leaves the nearest whole number in the lowest bits. */
  public static final float ROUND = 12582912f;

  /** The bits of {@link #ROUND}. */
  public static final int ROUND_BITS = 0x4B400000;

  /** Below it exp is 0. */
  public static final float LOWEST = -104f;

  /** Above it exp is infinite. */
  public static final float HIGHEST = 89f;

  /** From it tanh is 1. */
  public static final float TANH_ONE = 9.1f;

  /** Below it tanh is a polynomial. */
  public static final float TANH_SPLIT = 0.625f;

  private ExpReduction() {}
}
