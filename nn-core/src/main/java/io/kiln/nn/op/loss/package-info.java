/** Losses of outputs and targets, each a number. */
@NullMarked
package io.kiln.nn.op.loss;

import org.jspecify.annotations.NullMarked;
