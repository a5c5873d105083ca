/**
 * Neural style transfer: a picture with the content of one and the style of another, found by
 * gradient descent on its pixels.
 *
 * <p>Read first: {@link io.kiln.nn.style.StyleTransfer}, then {@link io.kiln.nn.style.StyleLoss}.
 */
@NullMarked
package io.kiln.nn.style;

import org.jspecify.annotations.NullMarked;
