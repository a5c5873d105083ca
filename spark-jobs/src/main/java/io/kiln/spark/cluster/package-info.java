/**
 * The gang of workers: getting it, starting it, losing it.
 *
 * <p>Read first: {@link io.kiln.spark.cluster.Gang} (one barrier stage of W tasks that know each
 * other), {@link io.kiln.spark.cluster.GangContext} (what a task sees), {@link
 * io.kiln.spark.cluster.Attempts} (the retries).
 *
 * <p>Invariants: no Spark job and no {@code BarrierTaskContext.barrier()} a step: the workers meet
 * through the driver's rendezvous and then speak to each other; whoever stops being heard is given
 * up by all others; a failed attempt tells its first cause, not the cascade; nothing waits without
 * a limit.
 */
@NullMarked
package io.kiln.spark.cluster;

import org.jspecify.annotations.NullMarked;
