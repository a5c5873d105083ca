package io.kiln.spark.fit;

import io.kiln.spark.config.RunConfig;
import java.util.Map;

/**
 * One fit: all that decides what is trained, on what, and from where.
 *
 * @param config model, loss, optimizer, how long, on how many workers
 * @param data what is learnt from
 * @param root folder of data sets and pretrained weights
 * @param threads of each worker
 * @param checkpoints folder that all workers see
 * @param from checkpoint to begin with, empty to begin anew; later attempts begin with the newest
 * @param metadata of checkpoints: what a later fit compares before it goes on
 */
public record FitSpec(
    RunConfig config,
    FitData data,
    String root,
    int threads,
    String checkpoints,
    String from,
    Map<String, String> metadata) {
  /** Copies the map. */
  public FitSpec {
    metadata = Map.copyOf(metadata);
  }
}
