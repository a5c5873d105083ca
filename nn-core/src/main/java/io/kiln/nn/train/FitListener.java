package io.kiln.nn.train;

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

  /** An epoch is done. */
  default void onEpoch(EpochRecord epoch) {}

  /**
   * It is time to save; called on rank 0 only, on a thread of its own while the fit goes on. One
   * call at a time; the state stays as it is until it returns. What it throws ends the fit at its
   * next step, and the fit does not end before it has returned.
   */
  default void onCheckpoint(FitState state) throws IOException {}

  /** Whether to save and leave after the current step; asked on every worker. */
  default boolean stopRequested() {
    return false;
  }
}
