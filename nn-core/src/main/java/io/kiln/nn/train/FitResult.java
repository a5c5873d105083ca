package io.kiln.nn.train;

import java.util.List;

/**
 * How a fit ended.
 *
 * @param history the epochs
 * @param steps steps done
 * @param ending why it ended
 * @param bestEpoch the epoch whose weights the network holds, 0 if none was finished
 * @param timing this worker's seconds
 */
public record FitResult(
    List<EpochRecord> history, long steps, Ending ending, int bestEpoch, Timing timing) {
  /** Why a fit ended. */
  public enum Ending {
    /** All epochs are done. */
    FINISHED,
    /** The validation metric got no better for too long. */
    STOPPED_EARLY,
    /** Someone asked; the state is saved. */
    INTERRUPTED,
    /** The epochs asked for are done, more would follow; the state is saved. */
    PAUSED
  }

  /** Copies the history. */
  public FitResult {
    history = List.copyOf(history);
  }
}
