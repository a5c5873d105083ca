package io.kiln.nn.data;

import io.kiln.nn.tensor.Shape;
import java.security.MessageDigest;
import java.util.List;

/**
 * Labelled images as bytes, all of one size, in memory: one byte a channel and pixel, channel by
 * channel, row by row. Immutable by agreement: nobody writes into the arrays after construction.
 */
public final class Images {
  private final Shape shape;
  private final byte[] pixels;
  private final int[] labels;
  private final List<String> classNames;
  private final int classes;

  /**
   * Images over existing arrays, which are not copied.
   *
   * @param shape [channels, height, width] of one image
   * @param pixels n · channels · height · width bytes
   * @param labels n class indices below {@code classes}
   * @param classNames names of the classes, or empty
   */
  public Images(Shape shape, byte[] pixels, int[] labels, int classes, List<String> classNames) {
    if (shape.rank() != 3 || (long) shape.count() * labels.length != pixels.length) {
      throw new IllegalArgumentException(
          "images: "
              + labels.length
              + " labels and "
              + pixels.length
              + " bytes came but one image is "
              + shape
              + "; the bytes must be labels x channels x height x width");
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "images: label " + labels[i] + " of image " + i + " is not below " + classes);
      }
    }
    this.shape = shape;
    this.pixels = pixels;
    this.labels = labels;
    this.classes = classes;
    this.classNames = List.copyOf(classNames);
  }

  /** Number of images. */
  public int size() {
    return labels.length;
  }

  /** [channels, height, width] of one image. */
  public Shape shape() {
    return shape;
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** Names of the classes, or empty. */
  public List<String> classNames() {
    return classNames;
  }

  /** Class of an image. */
  public int label(int index) {
    return labels[index];
  }

  /** One byte of an image as 0 … 255. */
  public int pixel(int index, int channel, int y, int x) {
    int at = (channel * shape.size(1) + y) * shape.size(2) + x;
    return pixels[index * shape.count() + at] & 0xff;
  }

  /** All bytes, shared; image i begins at i · shape.count(). */
  byte[] pixels() {
    return pixels;
  }

  /** Feeds all pixels and then all labels, each as its lowest byte and, above 256 classes, more. */
  void update(MessageDigest digest) {
    digest.update(pixels);
    int width = classes <= 256 ? 1 : 4;
    byte[] bytes = new byte[Math.multiplyExact(labels.length, width)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (labels[i / width] >>> (8 * (i % width)));
    }
    digest.update(bytes);
  }
}
