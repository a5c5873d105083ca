/**
 * Files on any Hadoop file system.
 *
 * <p>Read first: {@link io.kiln.spark.store.HadoopStorage}. Invariants: a path without a scheme is
 * a local path, whatever {@code fs.defaultFS} says; nothing is overwritten by {@code create} or
 * {@code rename}.
 */
@NullMarked
package io.kiln.spark.store;

import org.jspecify.annotations.NullMarked;
