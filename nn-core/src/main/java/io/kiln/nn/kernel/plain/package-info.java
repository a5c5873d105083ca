/**
 * The families of loops in plain Java: they run on every machine, and most are as fast as any.
 *
 * <p>The compiler of JDK 17 (C2) vectorises a loop only if all its array accesses have the same
 * index expression: {@code y[i] = a * x[i]} runs four to eight times as fast as {@code y[to + i] =
 * a * x[at + i]}. So a hot loop has a fast form for equal offsets (flat arrays and whole buffers
 * begin at 0), or copies into a block. Neither int↔float conversions, {@code Float.intBitsToFloat},
 * comparisons nor sums are vectorised; sums take four accumulators.
 *
 * <p>Read first: {@link io.kiln.nn.kernel.plain.PlainLoops}, {@code FloatElementwise}.
 */
@NullMarked
package io.kiln.nn.kernel.plain;

import org.jspecify.annotations.NullMarked;
