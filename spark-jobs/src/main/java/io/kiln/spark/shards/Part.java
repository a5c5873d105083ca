package io.kiln.spark.shards;

/** The parts of a table. */
public enum Part {
  /** What is learnt from. */
  TRAIN,
  /** What choices are made with. */
  VALIDATION,
  /** What is looked at once. */
  TEST
}
