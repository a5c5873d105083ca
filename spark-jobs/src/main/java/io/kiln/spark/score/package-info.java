/**
 * Trained networks that answer rows in batches, inside Spark's tasks; whole tables by partition.
 *
 * <p>Read first: {@link io.kiln.spark.score.BatchScorer}, {@link io.kiln.spark.score.TableScoring}.
 *
 * <p>Invariants: a model crosses between JVMs as bytes of its own files and nothing else; a JVM
 * builds the network of the same bytes once, and every task runs it with buffers of its own.
 */
@NullMarked
package io.kiln.spark.score;

import org.jspecify.annotations.NullMarked;
