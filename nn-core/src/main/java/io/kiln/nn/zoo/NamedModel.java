package io.kiln.nn.zoo;

import io.kiln.nn.layer.Model;

/** A network of the zoo. */
interface NamedModel extends Model {}
