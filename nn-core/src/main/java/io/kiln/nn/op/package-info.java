/**
 * One class an operation: a BLAS call or a fused loop with its backward.
 *
 * <p>Read first: {@link io.kiln.nn.op.Affine}. Each op has a static {@code of(…)} that checks the
 * shapes, records it on the inputs' tape and returns the output.
 */
@NullMarked
package io.kiln.nn.op;

import org.jspecify.annotations.NullMarked;
