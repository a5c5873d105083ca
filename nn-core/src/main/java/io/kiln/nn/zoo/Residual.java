package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.op.arithmetic.Add;
import io.kiln.nn.op.arithmetic.Relu;

/**
 * A residual block, y = max(body(x) + shortcut(x), 0): He, Zhang, Ren and Sun 2016, "Deep residual
 * learning for image recognition".
 *
 * <p>The sum is written over the body's output, and rectified in place; going back, its gradient
 * serves the body as it is and is copied once, for the shortcut.
 *
 * @param body layers whose names stand directly in the block: conv1, bn1, …
 * @param name of the shortcut
 * @param shortcut brings x to the body's shape
 */
public record Residual(Sequential body, String name, Layer shortcut) implements Layer {
  /** A block that adds x itself. */
  public static Residual of(Sequential body) {
    return new Residual(body, "", (scope, x) -> x);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    Var y = body.forward(scope, x);
    return Relu.of(Add.of(y, name.isEmpty() ? x : scope.apply(name, shortcut, x)));
  }
}
