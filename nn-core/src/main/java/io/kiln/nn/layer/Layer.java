package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;

/**
 * A part of a network: an immutable configuration that records its ops.
 *
 * <p>A layer that YAML can name has a static method {@code from(Settings)} that reads its settings
 * with their defaults, and a line in a list, in whatever package it is: see {@link
 * io.kiln.nn.config.Named}.
 */
@FunctionalInterface
public interface Layer {
  /**
   * Records this layer.
   *
   * @param scope where parameters come from, and whether this is training
   * @param x the input, batch axis first
   * @return the output, batch axis first
   */
  Var forward(Scope scope, Var x);
}
