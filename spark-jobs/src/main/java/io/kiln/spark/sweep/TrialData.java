package io.kiln.spark.sweep;

import io.kiln.spark.config.ConfigHash;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The data of trials. Those that try nothing about data share the sweep's own; others share with
 * those of the same data section, cut into as many shards where they are cut beforehand.
 */
final class TrialData {
  private final TrainRun.Preparing preparing;
  private final Map<String, FitData> read = new HashMap<>();

  /**
   * Data to share.
   *
   * @param preparing how data of a configuration are read
   * @param shared the sweep's own configuration
   * @param data of it
   */
  TrialData(TrainRun.Preparing preparing, RunConfig shared, FitData data) {
    this.preparing = preparing;
    read.put(key(shared, data), data);
  }

  /** The data of a trial; read if it is the first that has such. */
  synchronized FitData of(RunConfig trial) throws IOException {
    for (boolean cut : new boolean[] {false, true}) {
      FitData known = read.get(key(trial, cut));
      if (known != null) {
        return known;
      }
    }
    FitData data = preparing.data(trial);
    read.put(key(trial, data), data);
    return data;
  }

  private static String key(RunConfig config, FitData data) {
    return key(config, data.isCut());
  }

  private static String key(RunConfig config, boolean cut) {
    return (cut ? config.shards() + " " : "") + ConfigHash.canonical(config.data());
  }
}
