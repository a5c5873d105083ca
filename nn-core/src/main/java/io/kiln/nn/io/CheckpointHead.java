package io.kiln.nn.io;

import java.util.Map;

/**
 * What a checkpoint says of itself, without its tensors.
 *
 * @param step number of steps done
 * @param metadata texts such as epoch, config hash, data fingerprint
 */
public record CheckpointHead(long step, Map<String, String> metadata) {
  /** Copies the map. */
  public CheckpointHead {
    metadata = Map.copyOf(metadata);
  }
}
