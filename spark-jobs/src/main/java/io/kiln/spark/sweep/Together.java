package io.kiln.spark.sweep;

import io.kiln.nn.data.Splits;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.train.Ensemble;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The best trials, as they were trained, that answer the test set together. */
final class Together {
  private Together() {}

  /** Where a trial leaves its network. */
  static String model(SweepFolder folder, String trial) {
    return folder.path("trials/" + trial + "/model");
  }

  /**
   * Tests them.
   *
   * @param trials the best first
   * @param data all read in the same way, as the trials try nothing about data
   */
  static SweepReport.Ensemble of(
      HadoopStorage storage, SweepFolder folder, List<Trial> trials, Splits data)
      throws IOException {
    List<Network> networks = new ArrayList<>();
    Loss loss = null;
    for (Trial trial : trials) {
      ModelFolder.Loaded loaded = ModelFolder.read(storage, model(folder, trial.id()));
      networks.add(loaded.network());
      loss = loss == null ? loaded.loss() : loss;
    }
    if (loss == null) {
      throw new IllegalArgumentException("ensemble: no trial came");
    }
    return new SweepReport.Ensemble(
        trials.stream().map(Trial::id).toList(),
        RunReport.Test.of(new Ensemble(networks, loss).evaluate(data.test())));
  }
}
