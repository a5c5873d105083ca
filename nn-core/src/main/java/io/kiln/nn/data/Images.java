package io.kiln.nn.data;

import io.kiln.nn.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Labelled images as bytes, all of one size: one byte a channel and pixel, channel by channel, row
 * by row. Of a share of a set, all labels are here and the pixels of some. Immutable by agreement:
 * nobody writes into the arrays after construction.
 */
public final class Images {
  private final Shape shape;
  private final Pixels pixels;
  private final int @Nullable [] slots;
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
    this.pixels = Pixels.of(pixels, shape.count());
    this.slots = null;
    this.labels = labels;
    this.classes = classes;
    this.classNames = List.copyOf(classNames);
  }

  private Images(ImageSource source, Pixels pixels, int @Nullable [] slots) {
    this.shape = source.shape();
    this.pixels = pixels;
    this.slots = slots;
    this.labels = source.labels();
    this.classes = source.classes().count();
    this.classNames = source.classes().names();
  }

  /** All images of a source, each in the slot of its number. */
  static Images of(ImageSource source, Pixels pixels) {
    return new Images(source, pixels, null);
  }

  /**
   * Some images of a source; of the others only the labels are here.
   *
   * @param slots for each image its slot, or -1
   */
  static Images of(ImageSource source, Pixels pixels, int[] slots) {
    return new Images(source, pixels, slots);
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
    int slot = slot(index);
    return pixels.array(slot)[pixels.offset(slot) + at] & 0xff;
  }

  /**
   * Where the pixels of an image are.
   *
   * @throws IllegalStateException if they are not here
   */
  int slot(int index) {
    if (slots == null) {
      return index;
    }
    int slot = slots[index];
    if (slot < 0) {
      throw new IllegalStateException(
          "images: image " + index + " is another worker's; read those of your own shards");
    }
    return slot;
  }

  /** The pixels, to be asked by {@link #slot}. */
  Pixels pixels() {
    return pixels;
  }
}
