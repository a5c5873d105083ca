/**
 * Drawings of computation graphs, with values and gradients, and of networks.
 *
 * <p>Read first: {@link io.kiln.nn.draw.GraphDrawing}.
 *
 * <p>Invariants: a drawing is a function of the tape alone; it runs nothing and changes nothing.
 */
@NullMarked
package io.kiln.nn.draw;

import org.jspecify.annotations.NullMarked;
