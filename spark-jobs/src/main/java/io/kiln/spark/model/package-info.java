/**
 * How the outputs of trained networks are read as answers.
 *
 * <p>Read first: {@link io.kiln.spark.model.OutputReading}.
 */
@NullMarked
package io.kiln.spark.model;

import org.jspecify.annotations.NullMarked;
