package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.CheckpointHead;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.train.FitState;
import io.kiln.nn.train.NoCheckpointException;
import io.kiln.spark.config.ConfigHash;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.DataFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where a run goes on, and whether it is the same run: all that decides the weights of a step
 * stands in a checkpoint's metadata and is compared with what there is now.
 *
 * @param path the checkpoint
 * @param changes what is not as it was, one line each; empty if the run goes on bit by bit
 */
record Resumption(String path, List<String> changes) {
  /** A run that begins anew. */
  static final Resumption NONE = new Resumption("", List.of());

  private static final String CONFIG_HASH = "config_hash";
  private static final String CONFIG = "config";
  private static final String FINGERPRINT = "data_fingerprint";

  /** What a checkpoint says of the run it is of. */
  static Map<String, String> metadata(RunConfig config, DataFacts data) {
    return Map.of(
        CONFIG_HASH,
        config.hash(),
        CONFIG,
        ConfigHash.text(config),
        FINGERPRINT,
        data.fingerprint());
  }

  /**
   * The newest good checkpoint.
   *
   * @throws NoCheckpointException if there is none
   * @throws ConfigException if it is of another configuration or other data, and {@code
   *     train.resume: changed} does not allow that
   */
  static Resumption of(CheckpointStore store, TrainRun.Prepared prepared, String folder)
      throws IOException {
    CheckpointStore.FoundHead found = store.newestHead();
    for (String damaged : found.damaged()) {
      System.err.println("kiln: passed over a damaged checkpoint: " + damaged);
    }
    if (found.head().isEmpty()) {
      throw new NoCheckpointException(
          "resume: "
              + folder
              + " has no usable checkpoint"
              + (found.damaged().isEmpty()
                  ? ""
                  : "; " + found.damaged().size() + " damaged: " + found.damaged().get(0))
              + "; train without --resume");
    }
    CheckpointHead checkpoint = found.head().get();
    List<String> changes = changes(checkpoint, prepared);
    if (!changes.isEmpty() && !prepared.config().train().resumeChanged()) {
      throw new ConfigException(
          "resume: "
              + found.path()
              + " is of other settings or data ("
              + String.join("; ", changes)
              + "); resume with those it was trained with, or train without --resume, or set"
              + " train.resume=changed to go on all the same, not bit-equal");
    }
    int done = FitState.history(checkpoint).size();
    if (done > prepared.config().train().epochs()) {
      throw new ConfigException(
          "train.epochs: "
              + prepared.config().train().epochs()
              + " came but "
              + found.path()
              + " has "
              + done
              + " epochs behind it; give at least as many, or train without --resume");
    }
    return new Resumption(found.path(), changes);
  }

  private static List<String> changes(CheckpointHead checkpoint, TrainRun.Prepared prepared) {
    Map<String, String> was = checkpoint.metadata();
    Map<String, String> is = metadata(prepared.config(), prepared.data().facts());
    List<String> changes = new ArrayList<>();
    String config = was.get(CONFIG);
    if (config != null) {
      changes.addAll(ConfigHash.changes(config, prepared.config()));
    } else if (!Objects.equals(is.get(CONFIG_HASH), was.get(CONFIG_HASH))) {
      changes.add("the configuration");
    }
    String data = was.get(FINGERPRINT);
    if (data != null && !data.equals(is.get(FINGERPRINT))) {
      changes.add("data fingerprint: " + data + ", now " + is.get(FINGERPRINT));
    }
    return List.copyOf(changes);
  }
}
