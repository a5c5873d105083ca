package io.kiln.nn.data;

import io.kiln.nn.config.Settings;
import io.kiln.nn.io.MemoryStorage;
import io.kiln.nn.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Tables in memory, trained on and read for a trained model. */
final class TableFixture {
  private final MemoryStorage storage = new MemoryStorage();
  private final Map<String, Object> settings;

  private TableFixture(Map<String, Object> settings) {
    this.settings = settings;
  }

  /** Settings of data, keys and values in turn; {@code path} is "train" if it is not given. */
  static TableFixture of(String format, Object... pairs) {
    Map<String, Object> settings = new HashMap<>(Map.of("format", format, "path", "train"));
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put((String) pairs[i], pairs[i + 1]);
    }
    return new TableFixture(settings);
  }

  TableFixture file(String path, String text) {
    storage.with(path, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  TableFixture file(String path, byte[] bytes) {
    storage.with(path, bytes);
    return this;
  }

  Splits load() throws IOException {
    return DataSources.load(Settings.of("data", settings), storage, "");
  }

  /** What is at a place, read for the model that was trained on "train". */
  Samples samples(String place, Object... pairs) throws IOException {
    Map<String, Object> trained = new HashMap<>(settings);
    trained.putAll(load().fitted());
    for (int i = 0; i < pairs.length; i += 2) {
      trained.put((String) pairs[i], pairs[i + 1]);
    }
    return DataSources.samples(Settings.of("data", trained), storage, place);
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  /** The features of each sample, as doubles. */
  static List<List<Double>> features(Dataset data, DType dtype) {
    List<List<Double>> rows = new ArrayList<>();
    Batch batch = Batch.of(data.spec(), 1, dtype);
    for (int i = 0; i < data.size(); i++) {
      data.read(i, batch, 0);
      rows.add(Arrays.stream(batch.input(0).toArray()).boxed().toList());
    }
    return rows;
  }

  /** The features of each sample in float32. */
  static List<List<Double>> features(Dataset data) {
    return features(data, DType.FLOAT32);
  }

  /** The target of each sample. */
  static List<Double> targets(Dataset data) {
    List<Double> targets = new ArrayList<>();
    Batch batch = Batch.of(data.spec(), 1, DType.FLOAT64);
    for (int i = 0; i < data.size(); i++) {
      data.read(i, batch, 0);
      targets.add(batch.target().get(0));
    }
    return targets;
  }
}
