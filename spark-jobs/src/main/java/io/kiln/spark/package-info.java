/**
 * The command line of Kiln.
 *
 * <p>Read first: {@link io.kiln.spark.Main}.
 */
@NullMarked
package io.kiln.spark;

import org.jspecify.annotations.NullMarked;
