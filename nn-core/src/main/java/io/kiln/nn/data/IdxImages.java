package io.kiln.nn.data;

import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Storage;
import io.kiln.nn.tensor.Shape;
import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The images of an IDX file with the labels of another. Of a plain file only what is wanted is
 * read; a packed one must be unpacked up to there.
 */
final class IdxImages implements ImageSource {
  private static final int READ_BYTES = 1 << 18;

  private final Storage storage;
  private final String file;
  private final Shape shape;
  private final int[] labels;
  private final Classes classes;

  private IdxImages(Storage storage, String file, Shape shape, int[] labels, Classes classes) {
    this.storage = storage;
    this.file = file;
    this.shape = shape;
    this.labels = labels;
    this.classes = classes;
  }

  /**
   * Reads the header and the labels.
   *
   * @param labelFile or null: all labels are 0
   * @param classes labels must be below it
   */
  static IdxImages of(
      Storage storage, String imageFile, @Nullable String labelFile, Classes classes)
      throws IOException {
    try (FormatInput in = FormatInput.openSkipping(storage, imageFile)) {
      Idx.Header header = Idx.header(in);
      in.require(header.bytes(), header.what());
      int[] labels =
          labelFile == null
              ? new int[header.count()]
              : Idx.labels(storage, labelFile, header.count(), classes.count());
      return new IdxImages(storage, imageFile, header.shape(), labels, classes);
    }
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public int[] labels() {
    return labels;
  }

  @Override
  public Classes classes() {
    return classes;
  }

  @Override
  public void read(BitSet wanted, Sink sink) throws IOException {
    try (FormatInput in = FormatInput.openSkipping(storage, file)) {
      Idx.Header header = Idx.header(in);
      if (header.count() != labels.length || !header.shape().equals(shape)) {
        throw in.wrong(4, header.what() + " came but it had others before; it was replaced");
      }
      int size = shape.count();
      int most = Math.max(1, READ_BYTES / size);
      byte[] room = new byte[most * size];
      int at = 0;
      for (int from = wanted.nextSetBit(0); from >= 0; from = wanted.nextSetBit(at)) {
        in.skip((long) (from - at) * size, header.what());
        at = Math.min(wanted.nextClearBit(from), from + most);
        in.fill(room, 0, (at - from) * size, header.what());
        for (int i = from; i < at; i++) {
          sink.take(i, room, (i - from) * size);
        }
      }
      if (at == labels.length) {
        in.end();
      }
    }
  }
}
