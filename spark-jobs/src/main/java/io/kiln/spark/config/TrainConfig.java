package io.kiln.spark.config;

import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.DType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code train}.
 *
 * @param epochs passes over the training set
 * @param batchSize samples a step, over all workers together
 * @param seed of initial weights, sample order, dropout and augmentation
 * @param precision width of the numbers
 * @param checkpointEvery how often a checkpoint is written
 * @param keepCheckpoints how many of the newest checkpoints stay
 * @param resumeChanged whether a resumed run may differ in what decides its weights
 * @param earlyStopping when to stop early, or null
 */
public record TrainConfig(
    int epochs,
    int batchSize,
    long seed,
    DType precision,
    Interval checkpointEvery,
    int keepCheckpoints,
    boolean resumeChanged,
    @Nullable EarlyStopping earlyStopping) {

  /** Reads the section. */
  public static TrainConfig read(Settings settings) {
    TrainConfig read =
        new TrainConfig(
            settings.atLeast(1, "epochs", 10),
            settings.atLeast(1, "batch-size", 128),
            settings.whole("seed", 1),
            DType.of(settings.choice("precision", "float32", "float32", "float64")),
            Interval.parse(
                settings.path("checkpoint-every"), settings.text("checkpoint-every", "1 epoch")),
            settings.atLeast(1, "keep-checkpoints", 3),
            settings.choice("resume", "exact", "exact", "changed").equals("changed"),
            settings.has("early-stopping")
                ? EarlyStopping.read(settings.section("early-stopping"))
                : null);
    settings.finish();
    return read;
  }

  Map<String, Object> resolved() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("epochs", epochs);
    map.put("batch-size", batchSize);
    map.put("seed", seed);
    map.put("precision", precision.label());
    map.put("checkpoint-every", checkpointEvery.toString());
    map.put("keep-checkpoints", keepCheckpoints);
    map.put("resume", resumeChanged ? "changed" : "exact");
    if (earlyStopping != null) {
      map.put("early-stopping", earlyStopping.resolved());
    }
    return map;
  }
}
