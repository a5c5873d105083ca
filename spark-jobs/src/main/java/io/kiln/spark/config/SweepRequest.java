package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import java.util.Objects;

/**
 * What {@code kiln sweep} asks for.
 *
 * @param config the configuration; it has a sweep
 * @param place on what, from where, to where
 * @param resume whether to skip the trials that are done at {@code place.out}, or in the newest
 *     sweep of that name
 */
public record SweepRequest(RunConfig config, TrainRequest.Place place, Resume resume) {
  /** Checks that there is a sweep. */
  public SweepRequest {
    if (config.sweep() == null) {
      throw new ConfigException(
          "sweep: it is missing; give the configuration a section sweep: {space: {…}}");
    }
  }

  /** What is tried. */
  public SweepConfig sweep() {
    return Objects.requireNonNull(config.sweep());
  }
}
