package io.kiln.nn.data;

import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Storage;
import io.kiln.nn.tensor.Shape;
import java.io.IOException;
import java.util.List;

/**
 * Reads the IDX files of MNIST and its relatives, plain or gzip.
 *
 * <p>Images: big-endian 2051, count, rows, columns, then count · rows · columns bytes. Labels:
 * 2049, count, then count bytes. (LeCun, Cortes, Burges: "The MNIST database of handwritten
 * digits".)
 */
public final class Idx {
  private static final int IMAGES = 2051;
  private static final int LABELS = 2049;

  /**
   * What a file of images says of itself.
   *
   * @param shape [1, rows, columns]
   * @param bytes of all images
   * @param what it has, in words
   */
  record Header(int count, Shape shape, long bytes, String what) {}

  private Idx() {}

  /**
   * Images and their labels.
   *
   * @param classes labels must be below this
   * @throws io.kiln.nn.io.FormatException if a file is truncated, too long, of another kind, has a
   *     label out of range, or the counts differ
   */
  public static Images read(Storage storage, String imageFile, String labelFile, int classes)
      throws IOException {
    ImageSource.Classes known = new ImageSource.Classes(classes, List.of());
    return IdxImages.of(storage, imageFile, labelFile, known).images();
  }

  /** Images without labels: all labels are 0. */
  static Images readUnlabelled(Storage storage, String imageFile, int classes) throws IOException {
    ImageSource.Classes known = new ImageSource.Classes(classes, List.of());
    return IdxImages.of(storage, imageFile, null, known).images();
  }

  /** Reads the header of a file of images. */
  static Header header(FormatInput in) throws IOException {
    magic(in, IMAGES, "images");
    int count = size(in, "image count");
    int rows = size(in, "row count");
    int columns = size(in, "column count");
    String what = count + " images of " + rows + "x" + columns;
    if (rows == 0 || columns == 0) {
      throw in.wrong(8, what + " came but an image needs at least one pixel");
    }
    try {
      long bytes = Math.multiplyExact(Math.multiplyExact((long) count, rows), columns);
      return new Header(count, Shape.of(1, rows, columns), bytes, what);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw in.wrong(4, what + " are more than can be held; the header is damaged");
    }
  }

  /** Reads the labels of so many images. */
  static int[] labels(Storage storage, String labelFile, int images, int classes)
      throws IOException {
    try (FormatInput in = FormatInput.open(storage, labelFile)) {
      magic(in, LABELS, "labels");
      int count = size(in, "label count");
      if (count != images) {
        throw in.wrong(
            4,
            count
                + " labels came but there are "
                + images
                + " images; the two files must belong together");
      }
      byte[] bytes = in.bytes(count, count + " labels");
      in.end();
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        labels[i] = bytes[i] & 0xff;
        if (labels[i] >= classes) {
          throw in.wrong(
              8L + i,
              "label "
                  + labels[i]
                  + " came but labels are 0 to "
                  + (classes - 1)
                  + "; set data.classes if there are more");
        }
      }
      return labels;
    }
  }

  private static void magic(FormatInput in, int needed, String what) throws IOException {
    int magic = in.bigEndianInt("the magic number");
    if (magic != needed) {
      String guess =
          magic == IMAGES
              ? " (this is a file of images)"
              : magic == LABELS ? " (this is a file of labels)" : "";
      throw in.wrong(
          0, "magic number " + magic + guess + " came but IDX " + what + " begin with " + needed);
    }
  }

  private static int size(FormatInput in, String what) throws IOException {
    int size = in.bigEndianInt("the " + what);
    if (size < 0) {
      throw in.wrong(in.offset() - 4, what + " " + size + " came but it cannot be negative");
    }
    return size;
  }
}
