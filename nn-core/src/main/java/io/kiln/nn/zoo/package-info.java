/**
 * Named networks.
 *
 * <p>Read first: {@link io.kiln.nn.zoo.Models} and {@link io.kiln.nn.zoo.Mlp}. A network that YAML
 * can name is a class of this package with a static {@code from(Settings, SampleSpec)}.
 */
@NullMarked
package io.kiln.nn.zoo;

import org.jspecify.annotations.NullMarked;
