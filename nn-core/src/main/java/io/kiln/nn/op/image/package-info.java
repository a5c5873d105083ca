/** Convolutions, pooling and other operations on images [n, c, h, w]. */
@NullMarked
package io.kiln.nn.op.image;

import org.jspecify.annotations.NullMarked;
