/**
 * Loops with the Vector API, for families where the compiler makes no vectors of plain ones. Class
 * by class they bear the names of {@code kernel.plain}; nothing but {@link
 * io.kiln.nn.kernel.vector.ApiLoops} is seen from outside.
 *
 * <p>Rules that JDK 17 dictates: one hot loop a method, some twenty vector operations at most, no
 * vectors in fields, across calls that are not inlined, or summed up over loops within loops (each
 * would be an object), masks only where the machine has registers for them. Sums over lanes are
 * written out: the Vector API promises no order.
 *
 * <p>What is named {@code Float…} the build makes for float64 too; what is named {@code Wide…} uses
 * polynomials of float32's precision, and float64 keeps the plain loops.
 */
@NullMarked
package io.kiln.nn.kernel.vector;

import org.jspecify.annotations.NullMarked;
