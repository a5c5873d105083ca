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
import org.jspecify.annotations.Nullable;

/**
 * The formats of rows of numbers. {@code validation} and {@code test} are a count, a fraction below
 * 1, or (test) the path of a file of its own; the rows are chosen at random by {@code seed}.
 */
final class TableSources {
  private static final String OTHER_MODEL = "the model knows no more, give data of the same kind";

  /** Reads one place; the table of the training rows is known when the test's is read. */
  private interface Reader {
    Table read(String path, @Nullable Table training) throws IOException;
  }

  private TableSources() {}

  static Splits csv(Settings data, Storage storage, String root) throws IOException {
    MessageDigest digest = Digests.sha256();
    Csv csv = Csv.of(data);
    return split(
        data,
        root,
        digest,
        (path, training) ->
            csv.read(storage, path, training == null ? null : training.schema(), true, digest));
  }

  static Splits libsvm(Settings data, Storage storage, String root) throws IOException {
    MessageDigest digest = Digests.sha256();
    int given = data.atLeast(0, "features", 0);
    return split(
        data,
        root,
        digest,
        (path, training) -> {
          int width = training == null ? given : training.columns().size();
          String more = "set data.features to the highest index of all files";
          return Libsvm.read(storage, path, width, more, true, digest);
        });
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
    Table table = read(reader, Locations.join(root, data.text("path")), null);
    if (!table.labelled()) {
      throw new ConfigException(
          data.path("label") + ": none came but a column of labels is needed to train");
    }
    String testFile = testFile(data);
    Table testTable = testFile == null ? null : read(reader, Locations.join(root, testFile), table);
    RandomSplit split = RandomSplit.of(data, table.rows(), testTable == null, true);
    TableEncoding encoding = TableEncoding.of(data, table, split.train());
    Dataset all = encoding.encode(table);
    Dataset test = testTable == null ? Subset.of(all, split.test()) : encoding.encode(testTable);
    Map<String, Object> fitted = new LinkedHashMap<>();
    TableSchema schema = table.schema();
    if (schema != null) {
      fitted.putAll(schema.settings());
    }
    fitted.putAll(encoding.settings());
    return new Splits(
        Subset.of(all, split.train()),
        Subset.of(all, split.validation()),
        test,
        Digests.hex(digest.digest()),
        fitted,
        notes(table, testTable, TableFit.collapsed(table, encoding, split.train())));
  }

  private static List<String> notes(Table table, @Nullable Table test, List<String> collapsed) {
    List<String> notes = new ArrayList<>();
    for (Table each : test == null ? List.of(table) : List.of(table, test)) {
      notes.addAll(each.notes());
      if (each.given() > each.rows()) {
        notes.add(each.path() + ": " + TableFit.left(each));
      }
    }
    notes.addAll(collapsed);
    return notes;
  }

  private static Table read(Reader reader, String path, @Nullable Table training)
      throws IOException {
    try {
      return reader.read(path, training);
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
