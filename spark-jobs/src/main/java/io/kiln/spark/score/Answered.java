package io.kiln.spark.score;

import java.io.IOException;

/** Answers one after another, each valid until the next. One thread's. */
public interface Answered {
  /**
   * Goes to the next answer.
   *
   * @return whether there is one
   */
  boolean next() throws IOException;

  /** What the sample is called. */
  String id() throws IOException;

  /** The sample's place from 1, where that is what it is called. */
  default long place() throws IOException {
    return Long.parseLong(id());
  }

  /** Number of the step from 0. */
  int step();

  /** Numbers of which a network's width from {@link #from} on are the answer. */
  double[] numbers();

  /** Where the answer begins. */
  int from();
}
