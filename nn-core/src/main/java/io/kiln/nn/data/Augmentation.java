package io.kiln.nn.data;

import static java.util.Locale.ROOT;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.List;

/**
 * How training images are varied; each image anew in each epoch, as a function of (seed, epoch,
 * image). Everything is off at its default.
 *
 * @param seed the key of all draws
 * @param size height and width of what comes out, or 0 for that of the images
 * @param padding pixels around the image before a window is cut out at random
 * @param edge what these pixels show
 * @param flip whether images are mirrored left to right
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
    Edge edge,
    Flip flip,
    List<Double> scale,
    double rotate,
    double brightness,
    double contrast,
    double saturation,
    int cutout) {
  /** What lies beyond the edge of an image. */
  public enum Edge {
    /** Nothing: black. */
    BLACK,
    /** The image again, mirrored at its outermost pixels, which are not repeated. */
    REFLECT
  }

  /** Which images are mirrored left to right. */
  public enum Flip {
    /** None. */
    NONE,
    /** Half of them, drawn anew in each epoch. */
    RANDOM,
    /**
     * Half of them, drawn once, in even epochs, and the other half in odd ones: so two epochs show
     * both views of each image (Jordan 2024, arXiv 2404.00498, section 3.6).
     */
    ALTERNATING
  }

  /** Checks the ranges. */
  public Augmentation {
    scale = List.copyOf(scale);
    boolean sound =
        size >= 0
            && padding >= 0
            && (padding == 0 || edge == Edge.BLACK || (scale.isEmpty() && rotate == 0))
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
              + " came but sizes are 0 or more, scale is two shares of (0, 1], least first, and"
              + " edge: reflect goes with whole pixels only, without scale and rotate");
    }
  }

  /**
   * Reads {@code size}, {@code crop-padding}, {@code edge}, {@code flip}, {@code scale}, {@code
   * rotate}, {@code brightness}, {@code contrast}, {@code saturation}, {@code cutout} and {@code
   * seed} of a section and refuses other keys.
   */
  public static Augmentation of(Settings section) {
    Augmentation augmentation;
    try {
      augmentation =
          new Augmentation(
              section.whole("seed", 1),
              section.atLeast(0, "size", 0),
              section.atLeast(0, "crop-padding", 0),
              Edge.valueOf(section.choice("edge", "black", "black", "reflect").toUpperCase(ROOT)),
              flip(section),
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

  private static Flip flip(Settings section) {
    Object value = section.raw("flip");
    if ("alternating".equals(value)) {
      return Flip.ALTERNATING;
    }
    if (value instanceof String text && !text.equals("true") && !text.equals("false")) {
      throw new ConfigException(
          section.path("flip") + ": '" + text + "' came but true, false or alternating is needed");
    }
    return section.flag("flip", false) ? Flip.RANDOM : Flip.NONE;
  }

  /** What is done to images that are not trained on: the centre of the same size is cut out. */
  public Augmentation centred() {
    return new Augmentation(seed, size, 0, Edge.BLACK, Flip.NONE, List.of(), 0, 0, 0, 0, 0);
  }

  /** Whether images come out as they are. */
  boolean nothing() {
    return size == 0 && padding == 0 && flip == Flip.NONE && cutout == 0 && !bends() && !colours();
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
