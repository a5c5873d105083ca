package io.kiln.nn.kernel;

/**
 * The loops for images whose pixels hold their channels side by side. They exist only with the
 * Vector API.
 *
 * @param products products through tables
 * @param loops loops over pixels
 * @param pooling maxima of windows of pixels
 * @param means means of windows of pixels
 * @param winograd transforms for 3×3 filters
 */
public record ImageKernels(
    IndirectMatrix products,
    ChannelsLast loops,
    PixelPooling pooling,
    PixelMeans means,
    Winograd winograd) {}
