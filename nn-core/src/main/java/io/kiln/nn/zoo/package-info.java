/**
 * Named networks, and the values they begin with.
 *
 * <p>Read first: {@link io.kiln.nn.zoo.Models}, {@link io.kiln.nn.zoo.Mlp}, {@link
 * io.kiln.nn.zoo.Resnet}, {@link io.kiln.nn.zoo.Pretrained}. A network that YAML can name is a
 * class of this package with a static {@code from(Settings, SampleSpec)}; one class may list
 * several names in a static {@code names()}.
 *
 * <p>Invariants: networks with published weights have the names, shapes and structure of their
 * originals; file and network agree in every name that is not excepted.
 */
@NullMarked
package io.kiln.nn.zoo;

import org.jspecify.annotations.NullMarked;
