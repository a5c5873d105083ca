/**
 * Trained networks on storage, and how their outputs are read as answers.
 *
 * <p>Read first: {@link io.kiln.spark.model.ModelFolder}.
 *
 * <p>Invariants: a model is tensors and a description; neither can hold code; what is written is
 * read back by the same classes.
 */
@NullMarked
package io.kiln.spark.model;

import org.jspecify.annotations.NullMarked;
