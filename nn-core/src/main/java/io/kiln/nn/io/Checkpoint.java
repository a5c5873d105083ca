package io.kiln.nn.io;

import io.kiln.nn.tensor.Tensor;
import java.util.Map;

/**
 * Everything needed to go on: parameters and optimizer state by name, and what they belong to.
 *
 * @param step number of steps done
 * @param contents tensors, and metadata such as epoch, position, config hash, data fingerprint
 */
public record Checkpoint(long step, NamedTensors contents) {
  /** Metadata key of the step; set by the checkpoint itself. */
  public static final String STEP = "step";

  /** Checks the step. */
  public Checkpoint {
    if (step < 0) {
      throw new IllegalArgumentException(
          "checkpoint: step " + step + " came but 0 or more is needed");
    }
  }

  /** A checkpoint of these tensors, which are shared, and texts. */
  public static Checkpoint of(
      long step, Map<String, Tensor> tensors, Map<String, String> metadata) {
    return new Checkpoint(step, new NamedTensors(tensors, metadata));
  }

  /**
   * A text of the metadata.
   *
   * @throws IllegalArgumentException if there is none
   */
  public String text(String key) {
    String value = contents.metadata().get(key);
    if (value == null) {
      throw new IllegalArgumentException(
          "checkpoint: step " + step + " has no '" + key + "' in its metadata");
    }
    return value;
  }

  /**
   * A whole number of the metadata.
   *
   * @throws IllegalArgumentException if there is none
   */
  public long whole(String key) {
    String value = text(key);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "checkpoint: " + key + " is '" + value + "' but a whole number is needed", e);
    }
  }

  /** The tensor of that name. */
  public Tensor tensor(String name) {
    return contents.tensor(name);
  }
}
