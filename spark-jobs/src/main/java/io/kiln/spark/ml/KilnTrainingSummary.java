package io.kiln.spark.ml;

import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitResult;
import java.util.List;

/**
 * How a fit went.
 *
 * @param history an entry an epoch: losses, accuracies, learning rate, seconds; what does not apply
 *     is NaN
 * @param steps optimizer steps
 * @param ending why it ended
 * @param bestEpoch the epoch whose weights the model has, from 1
 * @param trainRows rows that were learnt from
 * @param validationRows rows that it was judged by
 * @param seconds of the fit on its workers
 */
public record KilnTrainingSummary(
    List<EpochRecord> history,
    long steps,
    FitResult.Ending ending,
    int bestEpoch,
    long trainRows,
    long validationRows,
    double seconds) {
  /** Copies the history. */
  public KilnTrainingSummary {
    history = List.copyOf(history);
  }

  static KilnTrainingSummary of(FitCall.Trained trained) {
    FitResult result = trained.result();
    return new KilnTrainingSummary(
        result.history(),
        result.steps(),
        result.ending(),
        result.bestEpoch(),
        trained.trainRows(),
        trained.validationRows(),
        result.timing().total());
  }

  /** Mean loss over the rows of each epoch, as other summaries of Spark ML call it. */
  public double[] objectiveHistory() {
    return history.stream().mapToDouble(EpochRecord::trainLoss).toArray();
  }

  /** Mean loss over the validation rows after each epoch; NaN without such rows. */
  public double[] validationHistory() {
    return history.stream().mapToDouble(EpochRecord::validationLoss).toArray();
  }

  /** Epochs that were trained. */
  public int totalIterations() {
    return history.size();
  }
}
