/**
 * Optimizers over flat arrays, schedules, clipping.
 *
 * <p>Read first: {@link io.kiln.nn.optim.Optimizer}, {@link io.kiln.nn.optim.Sgd}, {@link
 * io.kiln.nn.optim.ParameterUpdate} (what the trainer calls each step).
 *
 * <p>Invariants: an optimizer is an immutable value that knows nothing of layers; its state is
 * handed in, so saving it is nobody's special case.
 */
@NullMarked
package io.kiln.nn.optim;

import org.jspecify.annotations.NullMarked;
