package io.kiln.spark.score;

import io.kiln.nn.model.ModelFolder;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.Serializable;
import java.lang.ref.SoftReference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * A saved network on its way to tasks: its bytes are broadcast once; of a large one every executor
 * reads the files itself, which all must see then. A JVM builds it once.
 */
final class GivenModel implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Weights of more bytes are not broadcast. */
  private static final long MOST_BYTES = 256L << 20;

  private static final int MOST = 2;
  private static final Map<String, SoftReference<ModelFolder.Loaded>> READ =
      new LinkedHashMap<>(MOST, 0.75f, true);

  private final HadoopStorage storage;
  private final String path;
  private final String id = UUID.randomUUID().toString();
  private final @Nullable Broadcast<byte[]> bytes;

  private GivenModel(HadoopStorage storage, String path, @Nullable Broadcast<byte[]> bytes) {
    this.storage = storage;
    this.path = path;
    this.bytes = bytes;
  }

  /**
   * The model of a folder.
   *
   * @param loaded the driver's own copy
   */
  static GivenModel of(
      JavaSparkContext spark, HadoopStorage storage, String path, ModelFolder.Loaded loaded)
      throws IOException {
    long bytes =
        (long) loaded.network().params().values().count() * loaded.network().dtype().bytes();
    return new GivenModel(
        storage,
        path,
        bytes > MOST_BYTES ? null : spark.broadcast(BatchScorer.read(storage, path).bytes()));
  }

  /** Where it lies, for errors. */
  String path() {
    return path;
  }

  /** The network, which nobody changes. */
  ModelFolder.Loaded loaded() throws IOException {
    Broadcast<byte[]> sent = bytes;
    if (sent != null) {
      return BatchScorer.of(sent.value()).loaded();
    }
    synchronized (READ) {
      SoftReference<ModelFolder.Loaded> kept = READ.get(id);
      ModelFolder.Loaded known = kept == null ? null : kept.get();
      if (known == null) {
        known = ModelFolder.read(storage, path);
        READ.put(id, new SoftReference<>(known));
        if (READ.size() > MOST) {
          READ.remove(READ.keySet().iterator().next());
        }
      }
      return known;
    }
  }

  /** Frees what the executors hold of it. */
  void close() {
    if (bytes != null) {
      bytes.destroy();
    }
  }
}
