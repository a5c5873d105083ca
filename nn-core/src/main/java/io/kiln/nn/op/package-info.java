/**
 * One class an operation: a BLAS call or a fused loop with its backward.
 *
 * <p>Read first: {@link io.kiln.nn.op.algebra.Affine}. Each op has a static {@code of(…)} that
 * checks the shapes, records it on the inputs' tape and returns the output.
 *
 * <p>They are grouped as the table of cases in {@code check} is: {@code shape}, then {@code
 * arithmetic} and {@code algebra}, {@code image}, {@code norm}, {@code sequence}, {@code loss}.
 * {@link io.kiln.nn.op.Ops} has the most used ones as functions for programs; no group uses it.
 */
@NullMarked
package io.kiln.nn.op;

import org.jspecify.annotations.NullMarked;
