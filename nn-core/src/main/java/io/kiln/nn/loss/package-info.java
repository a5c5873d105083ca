/**
 * Losses: what training makes small, by name, and how targets are read.
 *
 * <p>Read first: {@link io.kiln.nn.loss.Loss}, {@link io.kiln.nn.loss.MeanSquaredErrorLoss} (a
 * whole loss in one short file), {@link io.kiln.nn.loss.Losses} (their names).
 *
 * <p>Invariants: a loss is an immutable value; it records a sum and says what the sum is divided
 * by, so the mean is right however samples are spread over shards and workers.
 */
@NullMarked
package io.kiln.nn.loss;

import org.jspecify.annotations.NullMarked;
