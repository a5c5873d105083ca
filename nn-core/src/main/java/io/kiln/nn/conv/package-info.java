/**
 * Ways to compute convolutions, behind one interface, {@link io.kiln.nn.conv.Filter}: by columns
 * ({@code ColumnsFilter}: any layout of windows and groups, images in planes), directly through
 * tables ({@code DirectFilter}) and by Winograd's transforms ({@code WinogradFilter}), both of
 * images with their channels side by side. {@link io.kiln.nn.conv.Filters} chooses.
 *
 * <p>Nothing here knows of tapes and ops: a pass gets its tensors as {@link
 * io.kiln.nn.conv.ConvTensors}.
 */
@NullMarked
package io.kiln.nn.conv;

import org.jspecify.annotations.NullMarked;
