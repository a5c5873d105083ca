package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The formats of rows of numbers. {@code validation} and {@code test} are a count, a fraction below
 * 1, or the path of a file of its own; the rows are chosen at random by {@code seed}.
 */
final class TableSources {
  private static final String OTHER_MODEL = "the model knows no more, give data of the same kind";

  /** Reads the place of a part; the table of the training rows is known when others are read. */
  private interface Reader {
    Table read(String path, String part, @Nullable Table training) throws IOException;
  }

  private TableSources() {}

  static Splits csv(Settings data, Storage storage, String root) throws IOException {
    MessageDigest digest = Digests.sha256();
    Csv csv = Csv.of(data);
    return split(
        data,
        root,
        digest,
        (path, part, training) ->
            csv.read(storage, path, training == null ? null : training.schema(), true, digest));
  }

  static Splits libsvm(Settings data, Storage storage, String root) throws IOException {
    MessageDigest digest = Digests.sha256();
    int given = data.atLeast(0, "features", 0);
    return split(
        data,
        root,
        digest,
        (path, part, training) -> {
          int width = training == null ? given : training.columns().size();
          String more = "set data.features to the highest index of all files";
          return Libsvm.read(storage, path, width, more, true, digest);
        });
  }

  static Splits npy(Settings data, Storage storage, String root) throws IOException {
    MessageDigest digest = Digests.sha256();
    return split(
        data,
        root,
        digest,
        (path, part, training) -> NpyTables.read(data, storage, root, path, part, digest));
  }

  /** One file of features; its labels, if there are any, stand beside it. */
  static Samples npySamples(Settings data, Storage storage, String location) throws IOException {
    return samples(fitted(data), NpyTables.read(storage, location, Digests.sha256()));
  }

  /** One file or folder; its columns are found by name, and labels need not be there. */
  static Samples csvSamples(Settings data, Storage storage, String location) throws IOException {
    Csv csv = Csv.of(fitted(data));
    List<String> columns = data.texts("columns", List.of());
    TableSchema schema = columns.isEmpty() ? null : TableSchema.of(data, columns, location);
    return samples(data, csv.read(storage, location, schema, false, Digests.sha256()));
  }

  /** One file or folder. */
  static Samples libsvmSamples(Settings data, Storage storage, String location) throws IOException {
    int features = fitted(data).numbers("fill", List.of()).size();
    return samples(
        data, Libsvm.read(storage, location, features, OTHER_MODEL, false, Digests.sha256()));
  }

  private static Settings fitted(Settings data) {
    if (!data.has("fill")) {
      throw new ConfigException(
          data.path("fill") + ": it is missing; give the data settings the model was saved with");
    }
    return data;
  }

  private static Samples samples(Settings data, Table table) throws IOException {
    TableEncoding encoding = TableEncoding.of(data, table, new int[0]);
    return encoding.samples(table, data.text("missing", "error").equals("drop"));
  }

  private static Splits split(Settings data, String root, MessageDigest digest, Reader reader)
      throws IOException {
    Table table = read(reader, Locations.join(root, data.text("path")), "", null);
    if (!table.labelled()) {
      throw new ConfigException(
          data.path("label") + ": none came but a column of labels is needed to train");
    }
    Table validation = part(data, root, reader, "validation", table);
    Table test = part(data, root, reader, "test", table);
    RandomSplit split = RandomSplit.of(data, table.rows(), test == null, validation == null);
    TableEncoding encoding = TableEncoding.of(data, table, split.train());
    Dataset all = encoding.encode(table);
    Dataset validated =
        validation == null ? Subset.of(all, split.validation()) : encoding.encode(validation);
    Dataset tested = test == null ? Subset.of(all, split.test()) : encoding.encode(test);
    Map<String, Object> fitted = new LinkedHashMap<>();
    TableSchema schema = table.schema();
    if (schema != null) {
      fitted.putAll(schema.settings());
    }
    fitted.putAll(encoding.settings());
    List<String> notes = new ArrayList<>();
    for (Table each : Stream.of(table, validation, test).filter(Objects::nonNull).toList()) {
      notes.addAll(each.notes());
      if (each.given() > each.rows()) {
        notes.add(each.path() + ": " + TableFit.left(each));
      }
    }
    notes.addAll(TableFit.collapsed(table, encoding, split.train()));
    return new Splits(
        Subset.of(all, split.train()),
        validated,
        tested,
        Digests.hex(digest.digest()),
        fitted,
        notes);
  }

  /** A part that has a file of its own, if its key is neither a count nor a fraction. */
  private static @Nullable Table part(
      Settings data, String root, Reader reader, String key, Table training) throws IOException {
    return data.raw(key) instanceof String text && Double.isNaN(Table.number(text))
        ? read(reader, Locations.join(root, text), key, training)
        : null;
  }

  private static Table read(Reader reader, String path, String part, @Nullable Table training)
      throws IOException {
    try {
      return reader.read(path, part, training);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          "data: "
              + path
              + " is not there; set KILN_DATA or --data, or correct data."
              + (part.isEmpty() ? "path" : part));
    }
  }
}
