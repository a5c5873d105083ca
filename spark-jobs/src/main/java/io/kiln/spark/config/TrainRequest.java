package io.kiln.spark.config;

import org.jspecify.annotations.Nullable;

/**
 * What {@code kiln train} asks for.
 *
 * @param config the configuration, with {@code --set} and {@code --workers} applied
 * @param place on what, from where, to where
 * @param resume whether to continue the run at {@code place.out}, or the newest of that name
 */
public record TrainRequest(RunConfig config, Place place, Resume resume) {

  /**
   * On what, from where, to where.
   *
   * @param master Spark's master, or null for spark-submit's or this machine
   * @param dataRoot folder with data sets, or null if there is none
   * @param out run folder, or null for {@code runs/<name>-<time>}
   * @param verbose whether to log what happens inside
   */
  public record Place(
      @Nullable String master, @Nullable String dataRoot, @Nullable String out, boolean verbose) {}
}
