/**
 * Hyperparameter sweeps: trials that a strategy suggests, each one fit or several.
 *
 * <p>Read first: {@link io.kiln.spark.sweep.SweepJob}, {@link io.kiln.spark.sweep.SweepLoop}.
 *
 * <p>Invariants: a trial never sees the test set; the best by the metric is trained again and
 * tested once; what was suggested and what ended stands in the journal before it counts.
 */
@NullMarked
package io.kiln.spark.sweep;

import org.jspecify.annotations.NullMarked;
