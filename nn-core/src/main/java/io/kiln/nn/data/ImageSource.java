package io.kiln.nn.data;

import io.kiln.nn.tensor.Shape;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/** Images on storage: how many and of which classes is known, pixels are read when asked for. */
interface ImageSource {
  /** [channels, height, width] of one image. */
  Shape shape();

  /** The class of each image; nobody writes into it. */
  int[] labels();

  /** Number and names of classes; names may be missing. */
  Classes classes();

  /**
   * Reads some images, and of the files little more where they can be read at any place.
   *
   * @param sink is given every wanted image once, in any order and by several threads
   * @throws io.kiln.nn.io.FormatException if a file is damaged
   */
  void read(BitSet wanted, Sink sink) throws IOException;

  /**
   * The classes of a set.
   *
   * @param count labels are below it
   * @param names of all, or empty
   */
  record Classes(int count, List<String> names) {}

  /** Takes images. */
  interface Sink {
    /** An image's bytes stand in the array from the offset on, and only until this returns. */
    void take(int index, byte[] pixels, int offset) throws IOException;

    /** What was seen of an image's file; nothing if there is nothing to say. */
    default void seen(int index, ImageFiles.Seen seen) {}
  }

  /** Number of images. */
  default int size() {
    return labels().length;
  }

  /** All images. */
  default BitSet all() {
    BitSet all = new BitSet(size());
    all.set(0, size());
    return all;
  }

  /** All images, in memory. */
  default Images images() throws IOException {
    int size = shape().count();
    Pixels pixels = Pixels.inMemory(size(), size);
    read(all(), pixels::put);
    return Images.of(this, pixels);
  }
}
