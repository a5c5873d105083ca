package io.kiln.spark.sweep;

import io.kiln.spark.config.ConfigHash;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The data of trials. Those that try nothing about data share the sweep's own; others share with
 * those of the same data section, cut into as many shards where they are cut beforehand.
 */
final class TrialData {
  private final TrainRun.Preparing preparing;
  private final Map<String, List<FitData>> read = new HashMap<>();

  /**
   * Data to share.
   *
   * @param preparing how data of a configuration are read
   * @param shared the sweep's own configuration
   * @param data of it
   */
  TrialData(TrainRun.Preparing preparing, RunConfig shared, FitData data) {
    this.preparing = preparing;
    known(shared).add(data);
  }

  /** The data of a trial; read if it is the first that has such. */
  synchronized FitData of(RunConfig trial) throws IOException {
    for (FitData one : known(trial)) {
      FitData same = one.dealtFor(trial);
      if (same != null) {
        return same;
      }
    }
    FitData data = preparing.data(trial);
    known(trial).add(data);
    return data;
  }

  private List<FitData> known(RunConfig config) {
    return read.computeIfAbsent(ConfigHash.canonical(config.data()), section -> new ArrayList<>());
  }
}
