/**
 * A small cluster of real daemons on this machine, for trying things: Spark's standalone master and
 * workers, and if asked a NameNode and a DataNode.
 *
 * <p>Read first: {@link io.kiln.spark.standalone.LocalCluster}. Invariants: a daemon carries its
 * cluster's folder on its command line, and that mark, not a file, tells whose it is; nothing
 * without the mark is ever stopped; every daemon listens on 127.0.0.1 only.
 */
@NullMarked
package io.kiln.spark.standalone;

import org.jspecify.annotations.NullMarked;
