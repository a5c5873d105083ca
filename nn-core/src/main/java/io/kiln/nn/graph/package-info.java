/**
 * Computation graphs by hand: numbers and arrays, arithmetic, values and gradients at every node.
 *
 * <p>Read first: {@link io.kiln.nn.graph.Graph}. A thin cover over the tape that trains networks,
 * for learning, for trying a formula, and for drawings.
 */
@NullMarked
package io.kiln.nn.graph;

import org.jspecify.annotations.NullMarked;
