package io.kiln.spark.score;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.Storage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.train.SparseInput;
import io.kiln.spark.model.OutputReading;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A trained network that answers rows of numbers, a batch at a time, wherever its bytes come to.
 *
 * <p>Order of calls: make it on the driver; send it, or better a broadcast of {@link #bytes}; in a
 * task, {@link #open} once, and then fill and run the {@link Pass} again and again. All passes of a
 * JVM share one network; thread-safe.
 */
public final class BatchScorer implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String FOLDER = "model";

  /** Networks that a JVM keeps; what is not in use may go when memory is short. */
  private static final int MOST = 8;

  private static final Map<String, SoftReference<ModelFolder.Loaded>> NETWORKS =
      new LinkedHashMap<>(MOST, 0.75f, true);

  private final byte[] packed;
  private final String sha256;
  private transient volatile ModelFolder.@Nullable Loaded loaded;

  private BatchScorer(byte[] packed, String sha256) {
    this.packed = packed;
    this.sha256 = sha256;
  }

  /** A scorer of the bytes of another. */
  public static BatchScorer of(byte[] bytes) {
    return new BatchScorer(bytes, Digests.hex(Digests.sha256().digest(bytes)));
  }

  /** A scorer of the bytes of another whose {@link #sha256} is known. */
  public static BatchScorer of(byte[] bytes, String sha256) {
    return new BatchScorer(bytes, sha256);
  }

  /**
   * A scorer of a saved network.
   *
   * @param path a run folder, model folder, sweep folder or safetensors file
   * @throws io.kiln.nn.io.FormatException if it is damaged
   */
  public static BatchScorer read(Storage storage, String path) throws IOException {
    ModelBytes folder = new ModelBytes();
    ModelFolder.copy(storage, path, folder, FOLDER);
    BatchScorer scorer = of(folder.pack());
    scorer.loaded();
    return scorer;
  }

  /**
   * A scorer of a network at hand.
   *
   * @param model the section it was made from
   * @param loss the section of the loss it was trained with
   * @param data the section of its data, with what was fitted
   */
  public static BatchScorer of(
      Network network,
      Map<String, Object> model,
      Map<String, Object> loss,
      Map<String, Object> data)
      throws IOException {
    ModelBytes folder = new ModelBytes();
    ModelFolder.write(folder, FOLDER, network, model, loss, data);
    return of(folder.pack());
  }

  /** Writes the network's files into a new folder. */
  public void write(Storage storage, String folder) throws IOException {
    ModelFolder.copy(ModelBytes.of(packed), FOLDER, storage, folder);
  }

  /** The network's files, for a broadcast. */
  public byte[] bytes() {
    return packed;
  }

  /** SHA-256 of {@link #bytes}. */
  public String sha256() {
    return sha256;
  }

  /** The network with its values, which nobody changes, its loss, and its data section. */
  public ModelFolder.Loaded loaded() {
    ModelFolder.Loaded known = loaded;
    if (known == null) {
      known = load();
      loaded = known;
    }
    return known;
  }

  private ModelFolder.Loaded load() {
    synchronized (NETWORKS) {
      SoftReference<ModelFolder.Loaded> kept = NETWORKS.get(sha256);
      ModelFolder.Loaded known = kept == null ? null : kept.get();
      if (known == null) {
        try {
          known = ModelFolder.read(ModelBytes.of(packed), FOLDER);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        NETWORKS.put(sha256, new SoftReference<>(known));
        if (NETWORKS.size() > MOST) {
          NETWORKS.remove(NETWORKS.keySet().iterator().next());
        }
      }
      return known;
    }
  }

  /** What a row looks like. */
  public SampleSpec spec() {
    return loaded().network().spec();
  }

  /** Numbers of a row. */
  public int features() {
    return spec().inputs().stream().mapToInt(shape -> shape.count()).sum();
  }

  /** How outputs are read as answers. */
  public OutputReading reading() {
    return OutputReading.of(loaded());
  }

  /** What the targets of a regression stand for: as the samples say, or the data section. */
  private TargetScale scale() {
    TargetScale own = spec().scale();
    Map<String, Object> data = loaded().data();
    if (own.equals(TargetScale.NONE) && data.containsKey("target-deviation")) {
      Settings fitted = Settings.of("data", data);
      List<Double> means =
          fitted.raw("target-mean") instanceof List<?>
              ? fitted.numbers("target-mean", List.of())
              : List.of(fitted.number("target-mean", 0));
      return new TargetScale(means, fitted.number("target-deviation", 1));
    }
    return own;
  }

  /**
   * Buffers to run the network with.
   *
   * @param most rows at once; fewer if their buffers would be large
   */
  public Pass open(int most) {
    ModelFolder.Loaded model = loaded();
    boolean sparse =
        Boolean.TRUE.equals(model.data().get("sparse")) && SparseInput.reads(model.network());
    return new Pass(model, scale(), most, sparse);
  }
}
