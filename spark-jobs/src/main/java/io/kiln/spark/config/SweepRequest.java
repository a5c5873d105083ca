package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import java.util.Objects;

/**
 * What {@code kiln sweep} asks for.
 *
 * @param config the configuration; it has a sweep
 * @param place on what, from where, to where
 * @param resume whether to skip the trials that the folder at {@code place.out} has
 */
public record SweepRequest(RunConfig config, TrainRequest.Place place, boolean resume) {
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
