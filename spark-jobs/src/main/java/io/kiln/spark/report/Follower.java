package io.kiln.spark.report;

/**
 * Hears of every change of a report, and when there will be none any more.
 *
 * @param <R> the report
 */
public interface Follower<R> extends AutoCloseable {
  /** The report changed; called by whoever changed it, so it must not wait for anything. */
  void changed(R report);

  /** All files of the folder are written; may take its time, and never fails. */
  @Override
  void close();
}
