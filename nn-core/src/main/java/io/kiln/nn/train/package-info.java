/** The step, the loop, early stopping, results. */
@NullMarked
package io.kiln.nn.train;

import org.jspecify.annotations.NullMarked;
