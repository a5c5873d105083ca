package io.kiln.spark.sweep;

import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.TrainRun;
import java.io.PrintStream;
import java.util.LinkedHashMap;
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
    TrainRun.Prepared prepared = preparing.of(winner);
    return new TrainRun(spark, prepared, storage, out).to(folder.path("best"));
  }

  /** Has the best answer together, if that is wanted. */
  void together(TrialBook book, PrintStream out) throws Exception {
    if (sweep.ensemble() > 0) {
      book.together(Together.of(this, book.best(sweep.ensemble()), out));
    }
  }
}
