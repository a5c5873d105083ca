/** Operations on sequences: embedding, recurrent networks, attention. */
@NullMarked
package io.kiln.nn.op.sequence;

import org.jspecify.annotations.NullMarked;
