package io.kiln.spark.fit;

import io.kiln.nn.train.EpochRecord;
import java.util.List;

/**
 * Hears what happens in a fit, one event after another and never on a thread that workers wait for.
 */
public interface FitEvents {
  /**
   * An attempt begins.
   *
   * @param number from 1
   * @param workers that make it
   * @param fromStep steps that are behind it
   * @param known the epochs up to there, as far as they are known
   */
  default void attempt(int number, int workers, long fromStep, List<EpochRecord> known) {}

  /** A worker said something. */
  default void told(WorkerMessage message) {}
}
