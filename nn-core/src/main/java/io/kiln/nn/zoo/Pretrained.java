package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.NamePatterns;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.ElementType;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.SafetensorsReader;
import io.kiln.nn.io.Storage;
import io.kiln.nn.io.TensorEntry;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Values that a network begins with from a safetensors file of F16, BF16, F32 or F64 numbers.
 *
 * <p>File and network must have the same names, of the same shapes, but for those that are
 * excepted, and for {@code num_batches_tracked}, which older files of PyTorch have not.
 *
 * @param where the key of the section, for messages
 * @param path the file
 * @param strip beginning that is taken off the file's names that have it
 * @param add beginning that is then put before all of them
 * @param except names that keep the values the network's seed gives them, and that the file may
 *     have or not, of any shape
 * @param rows which rows of some tensors are taken; the others are of the same shapes
 * @param sha256 what the file's SHA-256 must be, or empty
 */
record Pretrained(
    String where,
    String path,
    String strip,
    String add,
    NamePatterns except,
    PickedRows rows,
    String sha256) {
  private static final Set<ElementType> NUMBERS =
      Set.of(ElementType.F16, ElementType.BF16, ElementType.F32, ElementType.F64);

  /** Reads a section {@code weights}, with its file below a root unless it is absolute. */
  static Pretrained from(Settings section, String root) {
    Pretrained weights =
        new Pretrained(
            section.where(),
            Locations.join(root, section.text("path")),
            section.text("strip-prefix", ""),
            section.text("add-prefix", ""),
            NamePatterns.from(section, "except"),
            PickedRows.from(section),
            section.text("sha256", ""));
    section.finish();
    return weights;
  }

  /** Opens the file; {@link Opened#fill} then reads it. */
  Opened open(Storage storage, List<Params.Declared> declared) throws IOException {
    MessageDigest digest = Digests.sha256();
    SafetensorsReader reader;
    try {
      reader = SafetensorsReader.open(storage, path, digest);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          where
              + ": "
              + path
              + " is not there; set KILN_DATA or --data, or correct "
              + where
              + ".path");
    }
    try {
      return new Opened(reader, digest, matched(reader.entries(), declared));
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /** The open file, and which of its tensors are whose values. */
  final class Opened implements AutoCloseable {
    private final SafetensorsReader reader;
    private final MessageDigest digest;
    private final Map<String, TensorEntry> matched;

    private Opened(
        SafetensorsReader reader, MessageDigest digest, Map<String, TensorEntry> matched) {
      this.reader = reader;
      this.digest = digest;
      this.matched = matched;
    }

    /** Whether the file has the values of a name. */
    boolean has(String name) {
      return matched.containsKey(name);
    }

    /**
     * Reads the values.
     *
     * @throws FormatException if the file is damaged, or not the one whose SHA-256 was given, or a
     *     number is not finite
     */
    void fill(Network network) throws IOException {
      for (Map.Entry<String, TensorEntry> one : matched.entrySet()) {
        rows.fill(reader, one.getValue(), one.getKey(), network.params().value(one.getKey()));
      }
      reader.skipRest();
      String found = Digests.hex(digest.digest());
      if (!sha256.isEmpty() && !sha256.equals(found)) {
        throw new FormatException(
            path,
            -1,
            "its SHA-256 is "
                + found
                + " but "
                + sha256
                + " is needed ("
                + where
                + ".sha256); it is another file, or damaged");
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  /** The network's names with the tensors of their values, in the order of the file. */
  private Map<String, TensorEntry> matched(
      List<TensorEntry> entries, List<Params.Declared> declared) throws FormatException {
    Map<String, TensorEntry> inFile = renamed(entries);
    Map<String, Shape> needed = new LinkedHashMap<>();
    declared.forEach(one -> needed.put(one.name(), one.shape()));
    Set<String> all = new LinkedHashSet<>(needed.keySet());
    all.addAll(inFile.keySet());
    except.check("name of the network or of " + path, all);
    rows.check(needed.keySet());
    Map<String, TensorEntry> matched = new LinkedHashMap<>(inFile);
    matched.keySet().removeIf(except::matches);
    Mismatches mismatches =
        new Mismatches(
            where, path, needed.keySet(), inFile.keySet(), new Wrappers.Renaming(strip, add));
    mismatches.missing(
        needed.keySet().stream()
            .filter(name -> !matched.containsKey(name) && !except.matches(name))
            .filter(name -> !name.endsWith("num_batches_tracked"))
            .toList());
    mismatches.extra(matched.keySet().stream().filter(name -> !needed.containsKey(name)).toList());
    List<String> wrong = new ArrayList<>();
    needed.forEach(
        (name, shape) -> {
          TensorEntry entry = matched.get(name);
          if (entry != null && !rows.shape(name, entry.shape()).equals(shape)) {
            wrong.add("'" + name + "' is " + entry.shape() + " in " + path + " but " + shape);
          }
        });
    mismatches.shapes(wrong);
    for (TensorEntry entry : matched.values()) {
      if (!NUMBERS.contains(entry.type()) && !entry.name().endsWith("num_batches_tracked")) {
        throw new FormatException(
            path,
            -1,
            entry.name()
                + " is "
                + entry.type()
                + " but F16, BF16, F32 or F64 is needed; convert the file");
      }
    }
    return matched;
  }

  private Map<String, TensorEntry> renamed(List<TensorEntry> entries) {
    Map<String, TensorEntry> renamed = new LinkedHashMap<>();
    boolean stripped = strip.isEmpty();
    for (TensorEntry entry : entries) {
      boolean has = entry.name().startsWith(strip);
      stripped |= has;
      renamed.put(add + Wrappers.without(entry.name(), strip), entry);
    }
    if (!stripped) {
      throw new ConfigException(
          where
              + ".strip-prefix: no name in "
              + path
              + " begins with '"
              + strip
              + "'; the first is "
              + (entries.isEmpty() ? "missing" : "'" + entries.get(0).name() + "'"));
    }
    return renamed;
  }
}
