/**
 * Training networks in Java with few words: {@link io.kiln.nn.Kiln} is where to begin.
 *
 * <p>Read first: docs/java.md. All that these classes do is done by those of the packages below,
 * which say more: {@link io.kiln.nn.layer.Layer} what a network is made of, {@link
 * io.kiln.nn.train.Fit} how it is trained.
 */
@NullMarked
package io.kiln.nn;

import org.jspecify.annotations.NullMarked;
