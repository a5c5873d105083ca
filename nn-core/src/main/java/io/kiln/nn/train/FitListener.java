package io.kiln.nn.train;

import io.kiln.nn.tensor.Tensor;
import java.io.IOException;

/** What a fit tells those outside; unless said otherwise on the training thread: be quick. */
public interface FitListener {
  /**
   * A step is done.
   *
   * @param step steps done since the beginning
   * @param stepsInAll steps of the whole fit if it is not stopped early
   * @param loss mean loss of this step over all workers
   * @param samples training samples of this step over all workers
   */
  default void onStep(long step, long stepsInAll, double loss, int samples) {}

  /**
   * More of a step; called after {@link #onStep}.
   *
   * @param step steps done since the beginning
   * @param accuracy share of right answers in it; NaN where nothing is answered
   * @param learningRate of its update
   * @param dataSeconds this worker spent on filling batches since {@link Fit#run} began
   * @param communicateSeconds it spent on sums over workers likewise
   */
  default void onStepNumbers(
      long step,
      double accuracy,
      double learningRate,
      double dataSeconds,
      double communicateSeconds) {}

  /**
   * The gradient of the last step of an epoch, before its update; the tensor is used again.
   *
   * @param sum over the samples of the step, of the trainable numbers, in their order
   * @param weight what to divide it by for the mean
   */
  default void onGradient(Tensor sum, double weight) {}

  /** An epoch is done. */
  default void onEpoch(EpochRecord epoch) {}

  /**
   * It is time to save; called on rank 0 only, on a thread of its own while the fit goes on. One
   * call at a time; the state stays as it is until it returns, and the fit does not end before
   * that.
   *
   * @throws java.nio.file.AccessDeniedException if this place can never be written: it ends the fit
   *     at its next step, as does everything that is no {@code IOException}
   * @throws IOException if it failed this time: it is called again a little later, with the same
   *     state or a newer one, and the fit goes on
   */
  default void onCheckpoint(FitState state) throws IOException {}

  /**
   * A state could not be saved and will be tried again; called on the thread that saves.
   *
   * @param step of the state
   * @param why what saving threw
   */
  default void onSaveFailed(long step, IOException why) {
    System.getLogger(FitListener.class.getName())
        .log(
            System.Logger.Level.WARNING,
            "checkpoint of step " + step + " could not be saved, training goes on: " + why);
  }

  /**
   * Whether it is time to save after the current step, beside what the options say; asked on rank 0
   * only, once a step. Every worker holds the same state, so no other has to know.
   */
  default boolean saveRequested() {
    return false;
  }

  /** Whether to save and leave after the current step; asked on every worker. */
  default boolean stopRequested() {
    return false;
  }
}
