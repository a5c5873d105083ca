package io.kiln.spark.fit;

import java.io.Serializable;

/** What becomes of the trained values, which never travel as the result of a task. */
public sealed interface Keep extends Serializable {
  /** They are forgotten: only the numbers of the epochs matter. */
  record Nothing() implements Keep {}

  /** Rank 0 sends them to the driver piece by piece, which has them in a file. */
  record AtDriver() implements Keep {}

  /**
   * Rank 0 writes a model folder.
   *
   * @param folder a place that all machines see; replaced if it is of an attempt before
   */
  record Folder(String folder) implements Keep {}
}
