package io.kiln.spark.fit;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.Evaluator;
import io.kiln.nn.train.Fit;
import io.kiln.nn.train.FitListener;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.train.FitState;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One worker's fit from its configuration, alone (a trial of a sweep) or with others (a run).
 *
 * @param config what to train
 * @param data on what
 * @param storage where pretrained weights are
 * @param root folder of data sets and weights
 * @param threads of this worker
 * @param workers with whom
 * @param tests whether the test set is looked at in the end
 */
public record WorkerFit(
    RunConfig config,
    FitSamples data,
    HadoopStorage storage,
    String root,
    int threads,
    Collective workers,
    boolean tests) {
  /**
   * Trains, and tests once.
   *
   * @param from where to go on, or null
   */
  public FitOutcome run(FitListener listener, @Nullable FitState from) throws IOException {
    FitPlan plan = FitPlan.of(config, data.train().spec(), threads, storage, root);
    FitOutcome.checkFits(plan.network().params().values().count(), plan.network().dtype());
    Fit fit =
        new Fit(
            plan.network(),
            plan.loss(),
            plan.rule(),
            data.train(),
            data.validation(),
            plan.options(),
            workers,
            listener);
    if (from != null) {
      fit.resume(from);
    }
    FitResult result = fit.run();
    boolean looks =
        tests && result.ending() != FitResult.Ending.INTERRUPTED && data.test().total() > 0;
    Evaluation test =
        looks ? new Evaluator(plan.network(), plan.loss()).evaluate(data.test(), workers) : null;
    return new FitOutcome(
        result, test, workers.rank() == 0 ? plan.network().params().values() : null);
  }
}
