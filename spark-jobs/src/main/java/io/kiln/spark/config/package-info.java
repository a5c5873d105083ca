/**
 * The configuration of a run: YAML file, {@code --set} overlays, typed records, the resolved form,
 * its hash; and the requests that commands make of jobs.
 *
 * <p>Read first: {@link io.kiln.spark.config.RunConfig}. Invariants: a default stands once, in the
 * {@code read} method of its record; the sections {@code data}, {@code model}, {@code loss} and
 * {@code optimizer} stay maps, because the network library validates them.
 */
@NullMarked
package io.kiln.spark.config;

import org.jspecify.annotations.NullMarked;
