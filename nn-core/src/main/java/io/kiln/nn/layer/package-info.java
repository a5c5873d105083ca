/**
 * Layers: configurations that record ops, and the network made of them.
 *
 * <p>Read first: {@link io.kiln.nn.layer.Layer}, {@link io.kiln.nn.layer.Dense} (a whole layer in
 * one short file), {@link io.kiln.nn.layer.Scope} (where parameters come from), {@link
 * io.kiln.nn.layer.Network}.
 *
 * <p>Invariants: a layer is an immutable value without numbers of its own; a parameter's name is
 * the dotted path of the layers around it, as in PyTorch; initial values depend on seed and name
 * alone.
 */
@NullMarked
package io.kiln.nn.layer;

import org.jspecify.annotations.NullMarked;
