/**
 * Arithmetic on raw arrays: the choice and loading of the BLAS, matrix products, fused loops.
 *
 * <p>Read first: {@link io.kiln.nn.kernel.Kernels}, {@link io.kiln.nn.kernel.Blas}. Each family of
 * loops is an interface over tensors with a float32 class written by hand; the float64 class is
 * made from it by the build, so no algorithm exists twice.
 *
 * <p>Invariants: the only package that touches netlib; allocates nothing; one thread.
 */
@NullMarked
package io.kiln.nn.kernel;

import org.jspecify.annotations.NullMarked;
