package io.kiln.nn.io;

import io.kiln.nn.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a safetensors file holds: tensors by name, in the order of the file, and texts by key.
 *
 * @param tensors the tensors; shared, not copied
 * @param metadata the texts
 */
public record NamedTensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
  /** Copies the maps, not the numbers. */
  public NamedTensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * The tensor of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "tensors: there is no '" + name + "'; there are " + String.join(", ", tensors.keySet()));
    }
    return tensor;
  }
}
