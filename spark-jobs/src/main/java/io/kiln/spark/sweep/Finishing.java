package io.kiln.spark.sweep;

import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.report.Numbers;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.TrainRun;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;

/** What a sweep ends with: the best is trained again and tested once. */
record Finishing(
    JavaSparkContext spark,
    RunConfig config,
    SweepConfig sweep,
    TrainRun.Preparing preparing,
    HadoopStorage storage,
    SweepFolder folder) {
  /** Trains the best again, in the folder {@code best/}; nothing happens if that is done. */
  RunReport best(Trial best, PrintStream out) throws Exception {
    Map<String, Object> values = new LinkedHashMap<>(best.params());
    RunConfig winner = config.with(values).withoutSweep();
    if (sweep.at() == SweepConfig.At.BEST && winner.train().earlyStopping() == null) {
      // It trains all epochs, and keeps the weights of the best.
      winner =
          winner.with(
              Map.of(
                  "train.early-stopping",
                  Map.of("patience", winner.train().epochs(), "metric", sweep.metric())));
    }
    if (sweep.retrain() == SweepConfig.Retrain.ALL) {
      winner = onAll(winner, best);
    }
    TrainRun.Prepared prepared = preparing.of(winner);
    return new TrainRun(spark, prepared, storage, out).to(folder.path("best"));
  }

  /** Nothing is held out, so nothing can stop early: it trains as long as the trial did. */
  private static RunConfig onAll(RunConfig winner, Trial best) {
    Map<String, Object> changes = new LinkedHashMap<>();
    changes.put("data.validation", 0);
    if (winner.train().earlyStopping() != null) {
      changes.put("train.early-stopping", null);
      changes.put("train.epochs", best.epochs());
    }
    return winner.with(changes);
  }

  /** Has the best whole trials answer the test set together, if that is wanted. */
  void together(TrialBook book, PrintStream out) throws Exception {
    List<Trial> best =
        book.best(sweep.ensemble()).stream()
            .filter(trial -> trial.status() == SweepReport.TrialStatus.SUCCEEDED)
            .toList();
    FitData data = best.isEmpty() ? null : preparing.data(config.withoutSweep());
    if (!(data instanceof WholeData whole) || whole.splits().test().size() == 0) {
      return;
    }
    SweepReport.Ensemble ensemble = Together.of(storage, folder, best, whole.splits());
    book.together(ensemble);
    Double accuracy = ensemble.test().accuracy();
    out.println(
        String.join(", ", ensemble.trials())
            + " together: "
            + (accuracy == null
                ? "test loss " + Numbers.loss(ensemble.test().loss())
                : "test accuracy " + Numbers.percent(accuracy)));
  }
}
