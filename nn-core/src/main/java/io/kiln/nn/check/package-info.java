/**
 * The table of cases that drives the generic tests of every op, layer and loss, and {@code kiln
 * gradcheck}.
 *
 * <p>Read first: {@link io.kiln.nn.check.OpCase} (what a row is), {@link io.kiln.nn.check.OpCases}
 * (all rows). A new op adds one row to the table of its family, a new layer one to a table of
 * layers; a test fails until it does.
 */
@NullMarked
package io.kiln.nn.check;

import org.jspecify.annotations.NullMarked;
