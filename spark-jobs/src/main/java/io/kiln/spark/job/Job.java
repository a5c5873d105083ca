package io.kiln.spark.job;

import java.io.PrintStream;

/**
 * The work behind a command.
 *
 * @param <R> what the command asks for
 */
@FunctionalInterface
public interface Job<R> {
  /**
   * Does it. Any exception ends the command; {@link Failures} gives it an exit code and a line.
   *
   * @param out where results for people and programs go; progress goes to standard error
   */
  void run(R request, PrintStream out) throws Exception;
}
