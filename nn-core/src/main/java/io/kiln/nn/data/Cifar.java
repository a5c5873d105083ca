package io.kiln.nn.data;

import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Storage;
import io.kiln.nn.tensor.Shape;
import java.io.IOException;
import java.util.List;

/**
 * Reads the binary version of CIFAR-10: records of a label byte and 1024 red, 1024 green, 1024 blue
 * bytes, row by row. (Krizhevsky: "Learning multiple layers of features from tiny images", 2009.)
 */
public final class Cifar {
  private static final int PIXELS = 3 * 32 * 32;
  private static final int RECORD = 1 + PIXELS;

  /** The ten classes in the order of their labels. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private Cifar() {}

  /**
   * The images of some files, one after another.
   *
   * @throws io.kiln.nn.io.FormatException if a file is not whole records or has a label above 9
   */
  public static Images read(Storage storage, List<String> files) throws IOException {
    long total = 0;
    for (String file : files) {
      long length = storage.list(file).get(0).length();
      if (length == 0 || length % RECORD != 0) {
        throw new io.kiln.nn.io.FormatException(
            file,
            length - length % RECORD,
            length
                + " bytes came but records have "
                + RECORD
                + " bytes each; the file is truncated or not CIFAR-10 binary");
      }
      total += length / RECORD;
    }
    if (total * PIXELS > Integer.MAX_VALUE - 8) {
      throw new io.kiln.nn.io.FormatException(
          files.get(0), -1, total + " images are more than can be held; use fewer files");
    }
    byte[] pixels = new byte[(int) total * PIXELS];
    int[] labels = new int[(int) total];
    int at = 0;
    for (String file : files) {
      try (FormatInput in = FormatInput.open(storage, file)) {
        for (long left = storage.list(file).get(0).length() / RECORD; left > 0; left--) {
          byte[] record = in.bytes(RECORD, "a record");
          if ((record[0] & 0xff) > 9) {
            throw in.wrong(
                in.offset() - RECORD,
                "label " + (record[0] & 0xff) + " came but labels are 0 to 9");
          }
          labels[at] = record[0];
          System.arraycopy(record, 1, pixels, at * PIXELS, PIXELS);
          at++;
        }
        in.end();
      }
    }
    return new Images(Shape.of(3, 32, 32), pixels, labels, 10, CLASS_NAMES);
  }
}
