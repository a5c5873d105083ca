/**
 * Arithmetic on raw arrays: the choice and loading of the BLAS, matrix products, fused loops.
 *
 * <p>Read first: {@link io.kiln.nn.kernel.Kernels}, {@link io.kiln.nn.kernel.Blas}. Each family of
 * loops is an interface over tensors with a float32 class written by hand; the float64 class is
 * made from it by the build, so no algorithm exists twice.
 *
 * <p>The compiler of JDK 17 (C2) vectorises a loop only if all its array accesses have the same
 * index expression: {@code y[i] = a * x[i]} runs four to eight times as fast as {@code y[to + i] =
 * a * x[at + i]}. So a hot loop has a fast form for equal offsets (flat arrays and whole buffers
 * begin at 0), or copies into a block. Neither int↔float conversions, {@code Float.intBitsToFloat},
 * comparisons nor sums are vectorised; sums take four accumulators.
 *
 * <p>Invariants: the only package that touches netlib; allocates nothing; one thread.
 */
@NullMarked
package io.kiln.nn.kernel;

import org.jspecify.annotations.NullMarked;
