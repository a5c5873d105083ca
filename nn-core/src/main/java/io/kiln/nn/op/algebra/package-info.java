/** Products of matrices and what is made of them: affine maps, Einstein sums, Gram matrices. */
@NullMarked
package io.kiln.nn.op.algebra;

import org.jspecify.annotations.NullMarked;
