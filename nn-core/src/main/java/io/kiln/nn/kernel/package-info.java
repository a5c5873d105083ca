/**
 * Arithmetic on raw arrays: what the machine has, the choice and loading of the BLAS, and the
 * families of loops as interfaces.
 *
 * <p>Read first: {@link io.kiln.nn.kernel.Kernels}, {@link io.kiln.nn.kernel.Choices}. Each family
 * is an interface over tensors. {@code kernel.plain} has a class for each that runs everywhere,
 * {@code kernel.vector} (sources in {@code src/vector}) faster ones with the Vector API for some;
 * {@link io.kiln.nn.kernel.Rooms} finds them. The float32 classes are written by hand; those of
 * float64 are made from them by the build, so no algorithm exists twice.
 *
 * <p>Invariants: the only package that touches netlib; allocates nothing; one thread.
 */
@NullMarked
package io.kiln.nn.kernel;

import org.jspecify.annotations.NullMarked;
