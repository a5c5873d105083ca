/**
 * What commands and the jobs behind them have in common: the seam between them, exit codes, the
 * meaning of exceptions, the version.
 *
 * <p>Read first: {@link io.kiln.spark.job.Job}, {@link io.kiln.spark.job.Failures}.
 */
@NullMarked
package io.kiln.spark.job;

import org.jspecify.annotations.NullMarked;
