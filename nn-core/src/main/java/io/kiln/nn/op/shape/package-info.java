/** Operations that move or choose elements: reshape, permute, slice, concatenate, pad. */
@NullMarked
package io.kiln.nn.op.shape;

import org.jspecify.annotations.NullMarked;
