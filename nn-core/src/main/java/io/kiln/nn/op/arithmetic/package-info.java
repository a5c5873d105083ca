/** Operations on each element, alone, with another operand, or summed along axes. */
@NullMarked
package io.kiln.nn.op.arithmetic;

import org.jspecify.annotations.NullMarked;
