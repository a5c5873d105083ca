/**
 * Loops with the Vector API, for families where the compiler makes no vectors of plain ones. Class
 * by class they bear the names of {@code kernel.plain}; nothing but {@link
 * io.kiln.nn.kernel.vector.ApiLoops} is seen from outside.
 *
 * <p>Rules that JDK 17 dictates: one hot loop a method, some twenty vector operations at most, no
 * vectors in fields or across calls that are not inlined (each would be an object), masks only
 * where the machine has registers for them.
 */
@NullMarked
package io.kiln.nn.kernel.vector;

import org.jspecify.annotations.NullMarked;
