/**
 * Hyperparameter sweeps: each trial one Spark task.
 *
 * <p>Read first: {@link io.kiln.spark.sweep.SweepJob}, {@link io.kiln.spark.sweep.TrialRunner}.
 *
 * <p>Invariants: a trial never sees the test set; the best by the validation metric is trained
 * again and tested once; what is done is on storage before the next trial is handed out.
 */
@NullMarked
package io.kiln.spark.sweep;

import org.jspecify.annotations.NullMarked;
