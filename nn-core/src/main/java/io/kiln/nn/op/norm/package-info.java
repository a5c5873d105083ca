/** Normalisation, and softmax. */
@NullMarked
package io.kiln.nn.op.norm;

import org.jspecify.annotations.NullMarked;
