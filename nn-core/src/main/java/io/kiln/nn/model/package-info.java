/**
 * Trained networks on storage.
 *
 * <p>Read first: {@link io.kiln.nn.model.ModelFolder}.
 *
 * <p>Invariants: a model is tensors and a description; neither can hold code; what is written is
 * read back by the same class.
 */
@NullMarked
package io.kiln.nn.model;

import org.jspecify.annotations.NullMarked;
