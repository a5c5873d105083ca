package io.kiln.spark.config;

import io.kiln.nn.config.Settings;
import java.util.Map;

/**
 * What {@code kiln evaluate} asks for.
 *
 * @param model a run folder, its {@code model} folder, or a safetensors file
 * @param data the section {@code data}: format, path and what {@code --set} adds
 * @param workers tasks that read and evaluate
 * @param place on what, to where
 */
public record EvaluateRequest(
    String model, Map<String, Object> data, int workers, TrainRequest.Place place) {
  /** Copies the map. */
  public EvaluateRequest {
    data = Overlay.copy(data);
  }

  /** A fresh reader of {@code data}. */
  public Settings dataSettings() {
    return Settings.of("data", data);
  }
}
