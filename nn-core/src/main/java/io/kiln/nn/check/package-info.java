/**
 * The table of cases that drives the generic tests of every op, and {@code kiln gradcheck}.
 *
 * <p>Read first: {@link io.kiln.nn.check.OpCases}. A new op adds one row to the table of its
 * family.
 */
@NullMarked
package io.kiln.nn.check;

import org.jspecify.annotations.NullMarked;
