package io.kiln.nn.op;

import io.kiln.nn.autograd.Var;

/** Shape checks with messages of one kind. */
final class Check {
  private Check() {}

  static void that(boolean fine, String message) {
    if (!fine) {
      throw new IllegalArgumentException(message);
    }
  }

  static void rank(String where, String what, Var x, int rank) {
    if (x.shape().rank() != rank) {
      throw new IllegalArgumentException(
          where + ": " + what + " is " + x.shape() + " but rank " + rank + " is needed");
    }
  }

  static void sameShape(String where, Var x, Var y) {
    if (!x.shape().equals(y.shape())) {
      throw new IllegalArgumentException(
          where + ": x is " + x.shape() + " but y is " + y.shape() + "; the shapes must be equal");
    }
  }

  static void constant(String where, Var target) {
    if (target.needsGrad()) {
      throw new IllegalArgumentException(
          where + ": the target needs a gradient but gets none; make it with tape.constant");
    }
  }
}
