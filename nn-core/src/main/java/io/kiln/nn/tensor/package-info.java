/**
 * Shapes, tensors and explicit randomness: the vocabulary of every other package.
 *
 * <p>Read first: {@link io.kiln.nn.tensor.Tensor}, {@link io.kiln.nn.tensor.Shape}, {@link
 * io.kiln.nn.tensor.CounterRng}.
 *
 * <p>Invariants: uses no other package of Kiln; a tensor is always contiguous and row-major.
 */
@NullMarked
package io.kiln.nn.tensor;

import org.jspecify.annotations.NullMarked;
