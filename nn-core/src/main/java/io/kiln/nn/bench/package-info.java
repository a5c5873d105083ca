/**
 * Steady-state training speed of named networks: what {@code kiln bench} runs.
 *
 * <p>Read first: {@link io.kiln.nn.bench.Benchmarks}, {@link io.kiln.nn.bench.BenchCase}.
 *
 * <p>Invariants: a step is forward, loss, backward and one SGD momentum update on random samples; a
 * step allocates next to nothing, and the result says how much.
 */
@NullMarked
package io.kiln.nn.bench;

import org.jspecify.annotations.NullMarked;
