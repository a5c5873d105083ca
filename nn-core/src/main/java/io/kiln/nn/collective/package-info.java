/**
 * Summing vectors over workers, with the same bits for every number of workers.
 *
 * <p>Read first: {@link io.kiln.nn.collective.Collective} (what a training loop sees), {@link
 * io.kiln.nn.collective.TreeSum} (a worker's own part of a sum), {@link
 * io.kiln.nn.collective.MeshEndpoint} (how workers find each other).
 *
 * <p>Invariants: knows nothing of Spark; the order of additions is the binary tree of {@link
 * io.kiln.nn.collective.ShardTree} and nothing else; every wait has a deadline; nothing is believed
 * of a connection before its holder has proved to know the attempt's key; no length that came over
 * a wire is used before it was compared with a limit; no Java serialisation.
 */
@NullMarked
package io.kiln.nn.collective;

import org.jspecify.annotations.NullMarked;
