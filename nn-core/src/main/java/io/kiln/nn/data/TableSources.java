package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The formats of rows of numbers. {@code validation} and {@code test} are a count, a fraction below
 * 1, or (test) the path of a file of its own; the rows are chosen at random by {@code seed}.
 */
final class TableSources {
  /** Reads one file. */
  private interface Reader {
    Table read(Storage storage, String path, MessageDigest digest) throws IOException;
  }

  private TableSources() {}

  static Splits csv(Settings data, Storage storage, String root) throws IOException {
    Csv csv = Csv.of(data);
    return split(data, storage, root, (files, path, digest) -> csv.read(files, path, 0, digest));
  }

  static Splits libsvm(Settings data, Storage storage, String root) throws IOException {
    return split(data, storage, root, libsvm(data));
  }

  /** One file; if it has just the columns of the features, it is not labelled. */
  static Samples csvSamples(Settings data, Storage storage, String location) throws IOException {
    int features = data.numbers("fill", List.of()).size();
    return samples(data, Csv.of(data).read(storage, location, features, Digests.sha256()));
  }

  /** One file. */
  static Samples libsvmSamples(Settings data, Storage storage, String location) throws IOException {
    int features = data.numbers("fill", List.of()).size();
    return samples(data, Libsvm.read(storage, location, features, Digests.sha256()));
  }

  private static Samples samples(Settings data, Table table) throws IOException {
    if (!data.has("fill")) {
      throw new ConfigException(
          data.path("fill") + ": it is missing; give the data settings the model was saved with");
    }
    TableEncoding encoding = TableEncoding.of(data, table, new int[0]);
    return new Samples(encoding.encode(table), table.labelled(), List.of());
  }

  private static Reader libsvm(Settings data) {
    int width = data.atLeast(0, "features", 0);
    return (storage, path, digest) -> Libsvm.read(storage, path, width, digest);
  }

  private static Splits split(Settings data, Storage storage, String root, Reader reader)
      throws IOException {
    MessageDigest digest = Digests.sha256();
    Table table = read(reader, storage, Locations.join(root, data.text("path")), digest);
    String testFile = testFile(data);
    Table testTable =
        testFile == null ? null : read(reader, storage, Locations.join(root, testFile), digest);
    RandomSplit split = RandomSplit.of(data, table.rows(), testTable == null, true);
    TableEncoding encoding = TableEncoding.of(data, table, split.train());
    Dataset all = encoding.encode(table);
    return new Splits(
        Subset.of(all, split.train()),
        Subset.of(all, split.validation()),
        testTable == null ? Subset.of(all, split.test()) : encoding.encode(testTable),
        Digests.hex(digest.digest()),
        encoding.settings(),
        List.of());
  }

  private static Table read(Reader reader, Storage storage, String path, MessageDigest digest)
      throws IOException {
    try {
      return reader.read(storage, path, digest);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          "data: " + path + " is not there; set KILN_DATA or --data, or correct data.path");
    }
  }

  /** The test part's own file, if {@code test} is neither a count nor a fraction. */
  private static @Nullable String testFile(Settings data) {
    Object value = data.raw("test");
    return value instanceof String text && Double.isNaN(Table.number(text)) ? text : null;
  }
}
