package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.List;

/**
 * How training images are varied; each image anew in each epoch, as a function of (seed, epoch,
 * image). Everything is off at its default.
 *
 * @param seed the key of all draws
 * @param size height and width of what comes out, or 0 for that of the images
 * @param padding pixels of black around the image before a window is cut out at random
 * @param flip whether half of the images are mirrored left to right
 * @param scale least and most share of the area that a random window has before it is resized to
 *     the size, or empty (Szegedy et al.: "Going deeper with convolutions", CVPR 2015)
 * @param rotate most degrees of rotation either way
 * @param brightness b: pixels are multiplied by a number in [1 − b, 1 + b]
 * @param contrast c: the distance from the mean grey is multiplied by a number in [1 − c, 1 + c]
 * @param saturation s: the distance from a pixel's own grey, likewise
 * @param cutout height and width of a square that is set to 0 (DeVries, Taylor: "Improved
 *     regularization of convolutional neural networks with cutout", 2017)
 */
public record Augmentation(
    long seed,
    int size,
    int padding,
    boolean flip,
    List<Double> scale,
    double rotate,
    double brightness,
    double contrast,
    double saturation,
    int cutout) {
  /** Checks the ranges. */
  public Augmentation {
    scale = List.copyOf(scale);
    boolean sound =
        size >= 0
            && padding >= 0
            && cutout >= 0
            && (scale.isEmpty()
                || (scale.size() == 2
                    && scale.get(0) > 0
                    && scale.get(0) <= scale.get(1)
                    && scale.get(1) <= 1));
    if (!sound) {
      throw new IllegalArgumentException(
          "augment: size "
              + size
              + ", crop-padding "
              + padding
              + ", scale "
              + scale
              + ", cutout "
              + cutout
              + " came but sizes are 0 or more and scale is two shares of (0, 1], least first");
    }
  }

  /**
   * Reads {@code size}, {@code crop-padding}, {@code flip}, {@code scale}, {@code rotate}, {@code
   * brightness}, {@code contrast}, {@code saturation}, {@code cutout} and {@code seed} of a section
   * and refuses other keys.
   */
  public static Augmentation of(Settings section) {
    Augmentation augmentation;
    try {
      augmentation =
          new Augmentation(
              section.whole("seed", 1),
              section.atLeast(0, "size", 0),
              section.atLeast(0, "crop-padding", 0),
              section.flag("flip", false),
              section.numbers("scale", List.of()),
              section.within(0, 180, "rotate", 0),
              section.within(0, 1, "brightness", 0),
              section.within(0, 1, "contrast", 0),
              section.within(0, 1, "saturation", 0),
              section.atLeast(0, "cutout", 0));
    } catch (ConfigException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new ConfigException(section.where() + ": " + e.getMessage());
    }
    section.finish();
    return augmentation;
  }

  /** What is done to images that are not trained on: the centre of the same size is cut out. */
  public Augmentation centred() {
    return new Augmentation(seed, size, 0, false, List.of(), 0, 0, 0, 0, 0);
  }

  /** Whether images come out as they are. */
  boolean nothing() {
    return size == 0 && padding == 0 && !flip && cutout == 0 && !bends() && !colours();
  }

  /** Whether pixels come to lie between pixels. */
  boolean bends() {
    return !scale.isEmpty() || rotate > 0;
  }

  /** Whether colours change. */
  boolean colours() {
    return brightness > 0 || contrast > 0 || saturation > 0;
  }

  /** Whether windows are chosen at random. */
  boolean moves() {
    return padding > 0 || !scale.isEmpty();
  }
}
