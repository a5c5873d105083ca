package io.kiln.nn.zoo;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.NamePatterns;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.SafetensorsReader;
import io.kiln.nn.io.TensorEntry;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which rows of a file's tensors a network begins with: a head for ants and bees takes those two of
 * the thousand classes that the file's network knows.
 *
 * @param where the key, for messages
 * @param rows by patterns of names, the rows in the network's order, from 0; the first pattern that
 *     fits holds
 */
record PickedRows(String where, Map<String, List<Integer>> rows) {
  /** Reads {@code rows: {pattern: [row, …]}}; none if the key is not given. */
  static PickedRows from(Settings weights) {
    Map<String, List<Integer>> rows = new LinkedHashMap<>();
    if (weights.has("rows")) {
      Settings section = weights.section("rows");
      for (String pattern : section.values().keySet()) {
        List<Integer> picked = section.integers(pattern, List.of());
        if (picked.isEmpty() || picked.stream().anyMatch(row -> row < 0)) {
          throw new ConfigException(
              section.path(pattern) + ": " + picked + " came but rows from 0 are needed");
        }
        rows.put(pattern, picked);
      }
      section.finish();
    }
    return new PickedRows(weights.path("rows"), rows);
  }

  /** Refuses a pattern that fits no name. */
  void check(Collection<String> names) {
    new NamePatterns(where, List.copyOf(rows.keySet())).check("name of the network", names);
  }

  /** The rows of a name; empty for all of them. */
  List<Integer> of(String name) {
    return rows.entrySet().stream()
        .filter(one -> new NamePatterns(where, List.of(one.getKey())).matches(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(List.of());
  }

  /** The shape that is left of a tensor of the file. */
  Shape shape(String name, Shape inFile) {
    List<Integer> picked = of(name);
    if (picked.isEmpty()) {
      return inFile;
    }
    int most = inFile.rank() == 0 ? 0 : inFile.size(0);
    for (int row : picked) {
      if (row >= most) {
        throw new ConfigException(
            where + ": row " + row + " of '" + name + "' came but it has " + most + " rows");
      }
    }
    return inFile.with(0, picked.size());
  }

  /**
   * Reads a tensor of the file, or the rows that are picked of it, into the network's.
   *
   * @throws io.kiln.nn.io.FormatException if a number is not finite, in the other rows too
   */
  void fill(SafetensorsReader reader, TensorEntry entry, String name, Tensor value)
      throws IOException {
    List<Integer> picked = of(name);
    if (picked.isEmpty()) {
      reader.readFinite(entry, value);
      return;
    }
    Tensor whole = Tensor.zeros(entry.shape(), value.dtype());
    reader.readFinite(entry, whole);
    for (int i = 0; i < picked.size(); i++) {
      value.rows(i, i + 1).copyFrom(whole.rows(picked.get(i), picked.get(i) + 1));
    }
  }
}
