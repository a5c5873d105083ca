package io.kiln.nn.train;

import io.kiln.nn.tensor.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches the validation metric, keeps the weights of the best epoch, says when to stop. A function
 * of the history, so every worker decides alike and a resumed fit goes on alike.
 */
final class EarlyStopping {
  private final FitOptions options;
  private final Tensor values;
  private @Nullable Tensor best;
  private double bestMetric = Double.NEGATIVE_INFINITY;
  private int bestEpoch;
  private int lastEpoch;

  EarlyStopping(FitOptions options, Tensor values) {
    this.options = options;
    this.values = values;
  }

  private boolean watches() {
    return options.stopping().patience() > 0;
  }

  private double metric(EpochRecord epoch) {
    if (Double.isNaN(epoch.validationLoss())) {
      return Double.NaN; // the network's outputs are no numbers: nor is its accuracy a merit
    }
    boolean loss = options.stopping().watchesLoss() || Double.isNaN(epoch.validationAccuracy());
    return loss ? -epoch.validationLoss() : epoch.validationAccuracy();
  }

  /**
   * Takes up where a saved fit stood. It may have watched another metric, or watch no more: weights
   * that are not of the epoch that is the best now are of no use.
   */
  void resume(FitState state) {
    for (EpochRecord epoch : state.history()) {
      note(epoch);
    }
    Tensor saved = watches() ? state.bestOf(bestEpoch) : null;
    best = saved == null ? null : saved.copy();
  }

  /** Notes an epoch; keeps the weights if it is the best. */
  void add(EpochRecord epoch) {
    if (note(epoch) && watches()) {
      Tensor copy = best;
      if (copy == null) {
        best = values.copy();
      } else {
        copy.copyFrom(values);
      }
    }
  }

  private boolean note(EpochRecord epoch) {
    lastEpoch = epoch.epoch();
    double metric = metric(epoch); // one that is no number is not better
    if (metric > bestMetric + options.stopping().minDelta()) {
      bestMetric = metric;
      bestEpoch = epoch.epoch();
      return true;
    }
    return false;
  }

  boolean isOver(int epoch) {
    return watches() && epoch > 0 && epoch - bestEpoch >= options.stopping().patience();
  }

  /** Puts the best weights back, if it kept any; the epoch that the weights are of. */
  int restore() {
    Tensor kept = best;
    if (kept == null) {
      return lastEpoch;
    }
    values.copyFrom(kept);
    return bestEpoch;
  }

  Map<String, Tensor> saved() {
    Tensor kept = best;
    return kept == null ? Map.of() : FitState.best(kept, bestEpoch);
  }
}
