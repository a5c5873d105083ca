/**
 * A fit: what is trained, on which data, and what came of it. Knows no run folder and prints
 * nothing; whoever wants to know listens.
 *
 * <p>Read first: {@link io.kiln.spark.fit.FitRunner} (the driver's side), {@link
 * io.kiln.spark.fit.FitData} (data as the driver knows them), {@link io.kiln.spark.fit.WorkerData}
 * (what tasks get of them), {@link io.kiln.spark.fit.FitTask} (a worker's side).
 *
 * <p>Invariants: what a worker does follows from the configuration, its rank and the newest
 * checkpoint alone; rank 0 speaks for all; nothing but bytes crosses between driver and tasks.
 */
@NullMarked
package io.kiln.spark.fit;

import org.jspecify.annotations.NullMarked;
