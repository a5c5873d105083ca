/**
 * Which trials a sweep makes: strategies that suggest settings and observe what came of them. No
 * Spark, no files, no clocks: a strategy that hears the same says the same.
 *
 * <p>Read first: {@link io.kiln.spark.search.Strategy}, {@link io.kiln.spark.search.Space}. Another
 * strategy is a class here and a line in {@link io.kiln.spark.search.Strategies}.
 */
@NullMarked
package io.kiln.spark.search;

import org.jspecify.annotations.NullMarked;
