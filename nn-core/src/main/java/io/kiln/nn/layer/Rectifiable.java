package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;

/** A layer that can do the rectifier after it in its own pass; {@link Sequential} then asks it. */
interface Rectifiable {
  /** Records the layer, followed by max(·, 0) if {@code rectified}. */
  Var forward(Scope scope, Var x, boolean rectified);
}
