/**
 * Tables of any size as samples in virtual shards: Spark reads, hashes, shuffles and sorts; every
 * worker spools its own shards to its disk.
 *
 * <p>Read first: {@link io.kiln.spark.shards.TableSource} (which rows), {@link
 * io.kiln.spark.shards.TablePlan} (what was learnt of them), {@link
 * io.kiln.spark.shards.ShardedTable} (where workers get them).
 *
 * <p>Invariants: what is learnt of a table and which row stands where depend on the rows alone, not
 * on files, partitions, order or executors; nothing of the table's size passes the driver; what a
 * worker has spooled is compared with the plan before it is used.
 */
@NullMarked
package io.kiln.spark.shards;

import org.jspecify.annotations.NullMarked;
