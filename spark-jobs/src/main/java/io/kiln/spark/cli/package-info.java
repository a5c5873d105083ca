/**
 * The commands, their options, their exit codes.
 *
 * <p>Read first: {@link io.kiln.spark.cli.Kiln}, then one command. A command turns its options into
 * a request record and hands it to a {@link io.kiln.spark.job.Job}; it does nothing else.
 * Invariant: {@code --help} and {@code --version} load no class of Spark or Hadoop.
 */
@NullMarked
package io.kiln.spark.cli;

import org.jspecify.annotations.NullMarked;
