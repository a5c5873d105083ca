/**
 * Where things are, said so that it means the same in every JVM.
 *
 * <p>Read first: {@link io.kiln.spark.place.Places}. Invariant: what a task is given is resolved
 * here, once, on the driver; no executor ever completes a path by its own folder.
 */
@NullMarked
package io.kiln.spark.place;

import org.jspecify.annotations.NullMarked;
