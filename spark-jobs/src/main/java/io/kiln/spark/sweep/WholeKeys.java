package io.kiln.spark.sweep;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which keys of a sweep's space are whole numbers. No list says so, since new layers and optimizers
 * need none: a key is whole if a configuration is refused with a fraction under it, and accepted
 * with the whole number beside.
 */
final class WholeKeys {
  private final RunConfig config;
  private final TrainRun.Prepared prepared;
  private final HadoopStorage storage;

  private WholeKeys(RunConfig config, TrainRun.Prepared prepared, HadoopStorage storage) {
    this.config = config;
    this.prepared = prepared;
    this.storage = storage;
  }

  /** The keys whose ranges are drawn in whole numbers. */
  static Set<String> of(
      RunConfig config, SweepConfig sweep, TrainRun.Prepared prepared, HadoopStorage storage)
      throws IOException {
    WholeKeys asked = new WholeKeys(config, prepared, storage);
    Set<String> whole = new LinkedHashSet<>();
    for (Map.Entry<String, SweepConfig.Axis> axis : sweep.space().entrySet()) {
      if (axis.getValue() instanceof SweepConfig.Axis.Range range
          && (range.whole() || asked.whole(axis.getKey(), range))) {
        whole.add(axis.getKey());
      }
    }
    return whole;
  }

  private boolean whole(String key, SweepConfig.Axis.Range range) throws IOException {
    double least = Math.ceil(range.min());
    if (least > Math.floor(range.max())) {
      return false; // there is no whole number in it
    }
    double fraction =
        least < range.max() ? least + Math.min(0.5, (range.max() - least) / 2) : least;
    if (fraction == least) {
      fraction = least - (least - range.min()) / 2;
    }
    return !accepts(key, fraction) && accepts(key, (long) least);
  }

  private boolean accepts(String key, Object value) throws IOException {
    try {
      RunConfig changed = config.with(Map.of(key, value));
      TrainRun.check(
          changed,
          key.startsWith("data.")
              ? WholeData.of(changed.data(), prepared.root(), storage)
              : prepared.data(),
          prepared.root(),
          storage);
      return true;
    } catch (ConfigException e) {
      return false;
    }
  }
}
