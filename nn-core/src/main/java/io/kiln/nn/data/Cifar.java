package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Storage;
import io.kiln.nn.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Reads the binary version of CIFAR-10: records of a label byte and 1024 red, 1024 green, 1024 blue
 * bytes, row by row; only the records that are wanted. (Krizhevsky: "Learning multiple layers of
 * features from tiny images", 2009.)
 */
public final class Cifar implements ImageSource {
  private static final Shape SHAPE = Shape.of(3, 32, 32);
  private static final int PIXELS = 3 * 32 * 32;
  private static final int RECORD = 1 + PIXELS;
  private static final String WHAT = "a record";
  private static final int MOST_AT_ONCE = 64;

  /** The ten classes in the order of their labels. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private final Storage storage;
  private final List<String> files;
  private final int[] starts;
  private final int[] labels;

  private Cifar(Storage storage, List<String> files, int[] starts) throws IOException {
    this.storage = storage;
    this.files = files;
    this.starts = starts;
    this.labels = new int[starts[files.size()]];
    for (int i = 0; i < files.size(); i++) {
      readLabels(i);
    }
  }

  /**
   * The images of some files, one after another.
   *
   * @throws FormatException if a file is not whole records or has a label above 9
   */
  static Cifar of(Storage storage, List<String> files) throws IOException {
    int[] starts = new int[files.size() + 1];
    long total = 0;
    for (int i = 0; i < files.size(); i++) {
      long length = storage.list(files.get(i)).get(0).length();
      if (length == 0 || length % RECORD != 0) {
        throw new FormatException(
            files.get(i),
            length - length % RECORD,
            length
                + " bytes came but records have "
                + RECORD
                + " bytes each; the file is truncated or not CIFAR-10 binary");
      }
      total += length / RECORD;
      if (total > Integer.MAX_VALUE - 8) {
        throw new FormatException(
            files.get(i), -1, total + " images are more than can be counted; use fewer files");
      }
      starts[i + 1] = (int) total;
    }
    return new Cifar(storage, new ArrayList<>(files), starts);
  }

  /**
   * All images of some files, one after another, in memory.
   *
   * @throws FormatException if a file is not whole records or has a label above 9
   */
  public static Images read(Storage storage, List<String> files) throws IOException {
    return of(storage, files).images();
  }

  private void readLabels(int file) throws IOException {
    try (FormatInput in = FormatInput.openPlain(storage, files.get(file))) {
      byte[] label = new byte[1];
      for (int i = starts[file]; i < starts[file + 1]; i++) {
        in.fill(label, 0, 1, WHAT);
        labels[i] = label[0] & 0xff;
        if (labels[i] > 9) {
          throw in.wrong(in.offset() - 1, "label " + labels[i] + " came but labels are 0 to 9");
        }
        in.skip(PIXELS, WHAT);
      }
      in.end();
    }
  }

  @Override
  public Shape shape() {
    return SHAPE;
  }

  @Override
  public int[] labels() {
    return labels;
  }

  @Override
  public Classes classes() {
    return new Classes(CLASS_NAMES.size(), CLASS_NAMES);
  }

  @Override
  public void read(BitSet wanted, Sink sink) throws IOException {
    byte[] room = new byte[MOST_AT_ONCE * RECORD];
    for (int file = 0; file < files.size(); file++) {
      int end = starts[file + 1];
      int at = starts[file];
      int from = wanted.nextSetBit(at);
      if (from < 0 || from >= end) {
        continue;
      }
      try (FormatInput in = FormatInput.openPlain(storage, files.get(file))) {
        for (; from >= 0 && from < end; from = wanted.nextSetBit(at)) {
          in.skip((long) (from - at) * RECORD, WHAT);
          at = Math.min(Math.min(wanted.nextClearBit(from), end), from + MOST_AT_ONCE);
          in.fill(room, 0, (at - from) * RECORD, WHAT);
          for (int i = from; i < at; i++) {
            sink.take(i, room, (i - from) * RECORD + 1);
          }
        }
      }
    }
  }
}
