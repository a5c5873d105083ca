/**
 * Files: storage, safetensors, checkpoints. Nothing else in Kiln parses model bytes.
 *
 * <p>Read first: {@link io.kiln.nn.io.Storage}, {@link io.kiln.nn.io.Safetensors}, {@link
 * io.kiln.nn.io.CheckpointStore}.
 *
 * <p>Invariants: a size declared in a file is compared with the bytes that are there before memory
 * is asked for; damage is a {@link io.kiln.nn.io.FormatException}, never another error; no file is
 * ever overwritten.
 */
@NullMarked
package io.kiln.nn.io;

import org.jspecify.annotations.NullMarked;
