/**
 * Threads that work together and wait for each other.
 *
 * <p>Read first: {@link io.kiln.nn.thread.Crew}.
 *
 * <p>Invariants: knows nothing of tensors; who waits looks closely for some microseconds and sleeps
 * then; nothing is allocated once all are there.
 */
@NullMarked
package io.kiln.nn.thread;

import org.jspecify.annotations.NullMarked;
