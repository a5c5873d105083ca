/**
 * Files: storage, safetensors, checkpoints. Nothing else in Kiln parses model bytes.
 *
 * <p>Read first: {@link io.kiln.nn.io.Storage}. Invariant: a size declared in a file is compared
 * with the bytes that are there before memory is asked for.
 */
@NullMarked
package io.kiln.nn.io;

import org.jspecify.annotations.NullMarked;
