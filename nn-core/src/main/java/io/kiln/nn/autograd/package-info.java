/**
 * Reverse-mode differentiation over a tape of coarse operations.
 *
 * <p>Read first: {@link io.kiln.nn.autograd.Op} (one operation with its hand-written backward),
 * {@link io.kiln.nn.autograd.Var} (a node), {@link io.kiln.nn.autograd.Tape} (records, runs, walks
 * back), {@link io.kiln.nn.autograd.Params} (all parameters in one flat array).
 *
 * <p>Invariants: recording computes shapes only; ops run in the order they were recorded and
 * backward in reverse, so no sort is needed; a planned tape allocates nothing after its first step;
 * one tape a thread.
 */
@NullMarked
package io.kiln.nn.autograd;

import org.jspecify.annotations.NullMarked;
