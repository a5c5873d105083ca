package io.kiln.spark.config;

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
      throw new io.kiln.nn.config.ConfigException(
          "sweep: it is missing; give the configuration a section sweep: {space: {…}}");
    }
  }
}
