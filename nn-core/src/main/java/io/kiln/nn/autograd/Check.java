package io.kiln.nn.autograd;

/** Shape checks with messages of one kind. */
public final class Check {
  private Check() {}

  /** Throws with that message unless it is fine. */
  public static void that(boolean fine, String message) {
    if (!fine) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Throws unless x has that rank. */
  public static void rank(String where, String what, Var x, int rank) {
    if (x.shape().rank() != rank) {
      throw new IllegalArgumentException(
          where + ": " + what + " is " + x.shape() + " but rank " + rank + " is needed");
    }
  }

  /** Throws unless both have one shape. */
  public static void sameShape(String where, Var x, Var y) {
    if (!x.shape().equals(y.shape())) {
      throw new IllegalArgumentException(
          where + ": x is " + x.shape() + " but y is " + y.shape() + "; the shapes must be equal");
    }
  }

  /** Throws if a target wants a gradient. */
  public static void constant(String where, Var target) {
    if (target.needsGrad()) {
      throw new IllegalArgumentException(
          where + ": the target needs a gradient but gets none; make it with tape.constant");
    }
  }
}
