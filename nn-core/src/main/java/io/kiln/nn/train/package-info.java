/**
 * The training loop: slices of a batch on threads, sums over workers, epochs, early stopping,
 * checkpoints.
 *
 * <p>Read first: {@link io.kiln.nn.train.Fit}, {@link io.kiln.nn.train.ShardGradient}, {@link
 * io.kiln.nn.train.FitOptions}.
 *
 * <p>Invariants: every worker runs the same loop and takes the same decisions from the same sums;
 * the weights depend on seed, data and number of virtual shards, never on the number of workers.
 */
@NullMarked
package io.kiln.nn.train;

import org.jspecify.annotations.NullMarked;
