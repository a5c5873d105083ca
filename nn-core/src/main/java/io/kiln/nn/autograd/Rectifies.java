package io.kiln.nn.autograd;

/**
 * An op that can do max(·, 0) of its output in its own pass. When a tape is planned, a {@link
 * Rectifier} beside it becomes part of it.
 */
public interface Rectifies {
  /** From now on the output is max(…, 0). */
  void rectify();

  /**
   * Whether a rectifier before it can as well be done after it, as for a maximum: the maximum of
   * rectified numbers is the rectified maximum.
   */
  default boolean takesRectifierBefore() {
    return false;
  }

  /** The same node, whose op from now on rectifies. */
  static Var rectified(Var y) {
    if (y.producer() instanceof Rectifies op) {
      op.rectify();
      return y;
    }
    throw new IllegalArgumentException("rectifier: " + y + " cannot do it in its own pass");
  }
}
