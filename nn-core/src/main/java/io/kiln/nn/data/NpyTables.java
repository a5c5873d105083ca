package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tables of two NumPy files: features [n, …], each row of which becomes one row of numbers, and
 * labels [n], [n, 1], or [n, k] where one of each row is 1 and the others are 0.
 *
 * <p>The file of labels is named by {@code labels} (of the other parts {@code validation-labels},
 * {@code test-labels}), or has the name of the features' with {@code data}, {@code features},
 * {@code images} or {@code x} replaced by {@code labels} or {@code y}.
 */
final class NpyTables {
  private static final List<List<String>> PAIRS =
      List.of(
          List.of("data", "labels"),
          List.of("features", "labels"),
          List.of("images", "labels"),
          List.of("X_", "y_"),
          List.of("x_", "y_"),
          List.of("_X", "_y"),
          List.of("_x", "_y"),
          List.of("X.", "y."),
          List.of("x.", "y."));

  private NpyTables() {}

  /**
   * Features and labels of a part.
   *
   * @param part "" of the training part, or what stands before {@code -labels}
   */
  static Table read(
      Settings data, Storage storage, String root, String path, String part, MessageDigest digest)
      throws IOException {
    String key = part.isEmpty() ? "labels" : part + "-labels";
    String given = data.text(key, "");
    String labels = given.isEmpty() ? beside(storage, path) : Locations.join(root, given);
    if (labels == null) {
      throw new ConfigException(
          data.path(key) + ": it is missing, and no file beside " + path + " is named so; set it");
    }
    return table(Npy.read(storage, path, digest), Npy.read(storage, labels, digest));
  }

  /** Features, with the labels of the file beside them if there is one. */
  static Table read(Storage storage, String path, MessageDigest digest) throws IOException {
    String labels = beside(storage, path);
    return table(
        Npy.read(storage, path, digest), labels == null ? null : Npy.read(storage, labels, digest));
  }

  private static @Nullable String beside(Storage storage, String path) throws IOException {
    String name = Locations.name(path);
    String folder = path.substring(0, path.length() - name.length());
    for (List<String> pair : PAIRS) {
      int at = name.lastIndexOf(pair.get(0));
      if (at >= 0) {
        String labels =
            folder
                + name.substring(0, at)
                + pair.get(1)
                + name.substring(at + pair.get(0).length());
        if (DataFiles.isFile(storage, labels)) {
          return labels;
        }
      }
    }
    return null;
  }

  private static Table table(Npy features, @Nullable Npy labels) throws IOException {
    int n = features.rows();
    int width = features.width();
    List<String> names = IntStream.range(0, width).mapToObj(Integer::toString).toList();
    Table table = new Table(features.path(), names, null, labels != null, List.of());
    boolean coded = labels != null && labels.width() > 1;
    if (labels != null && labels.rows() != n) {
      throw new FormatException(
          labels.path(),
          -1,
          labels.rows() + " labels came but " + features.path() + " has " + n + " rows");
    }
    if (labels != null && coded) {
      for (int i = 0; i < labels.width(); i++) {
        table.declare(Integer.toString(i));
      }
    }
    double[] row = new double[width];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < width; j++) {
        row[j] = features.get(i, j);
        if (!Double.isFinite(row[j])) {
          throw new FormatException(
              features.path(),
              -1,
              "row " + i + " (from 0) has " + row[j] + "; correct or remove it");
        }
      }
      try {
        table.add(row, labels == null ? "" : coded ? code(labels, i) : label(labels.get(i, 0)));
      } catch (ArithmeticException e) {
        throw new FormatException(
            features.path(), -1, "it has more numbers than can be held; use fewer rows");
      }
    }
    return table;
  }

  private static String label(double label) {
    return label == Math.rint(label) && Math.abs(label) < 1e15
        ? Long.toString((long) label)
        : Double.toString(label);
  }

  private static String code(Npy labels, int row) throws FormatException {
    int code = -1;
    for (int i = 0; i < labels.width(); i++) {
      double value = labels.get(row, i);
      if (value == 1 && code < 0) {
        code = i;
      } else if (value != 0) {
        code = labels.width();
      }
    }
    if (code < 0 || code == labels.width()) {
      throw new FormatException(
          labels.path(),
          -1,
          "row "
              + row
              + " (from 0) of shape "
              + labels.shape()
              + " is no class: one number must be 1 and the others 0, or give one label a row");
    }
    return Integer.toString(code);
  }
}
