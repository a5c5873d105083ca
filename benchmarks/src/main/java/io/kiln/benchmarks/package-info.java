/**
 * JMH benchmarks of nn-core, run by {@code scripts/jmh}.
 *
 * <p>Read first: {@link io.kiln.benchmarks.MatrixBenchmark}. The speed of whole networks is the
 * business of {@code kiln bench}; here are the pieces.
 */
@NullMarked
package io.kiln.benchmarks;

import org.jspecify.annotations.NullMarked;
