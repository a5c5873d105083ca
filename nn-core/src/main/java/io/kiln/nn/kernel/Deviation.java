package io.kiln.nn.kernel;

/**
 * How far an output x is from its target t, element by element; a is the function's parameter. See
 * {@link LossLoops}.
 */
public enum Deviation {
  /** (x − t)². */
  SQUARE,
  /** |x − t|; slope 0 at x = t. */
  ABSOLUTE,
  /** (x − t)² / 2 up to |x − t| = a, from there a·(|x − t| − a/2): Huber 1964. */
  HUBER,
  /**
   * Binary cross-entropy of the score x: (1 − t)·x + (1 + (a − 1)·t)·log(1 + e⁻ˣ), with a the
   * weight of positive targets, t in [0, 1].
   */
  LOGISTIC,
  /** max(0, a − s·x) with s = 1 where t &gt; 0, else −1: so targets may be 0 and 1 or −1 and 1. */
  HINGE
}
