/**
 * Training, evaluation and prediction as Spark jobs.
 *
 * <p>Read first: {@link io.kiln.spark.train.TrainJob} (the driver's side), {@link
 * io.kiln.spark.train.TrainRun} (one run of it), {@link io.kiln.nn.model.ModelFolder}.
 *
 * <p>Invariants: what a worker does follows from the configuration, its rank and the newest
 * checkpoint alone; rank 0 speaks for all; nothing but bytes crosses between driver and tasks.
 */
@NullMarked
package io.kiln.spark.train;

import org.jspecify.annotations.NullMarked;
