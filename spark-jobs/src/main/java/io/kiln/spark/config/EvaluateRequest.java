package io.kiln.spark.config;

import io.kiln.nn.config.Sections;
import io.kiln.nn.config.Settings;
import java.util.Map;

/**
 * What {@code kiln evaluate} asks for.
 *
 * @param model a run folder, its {@code model} folder, or a safetensors file
 * @param sections model, loss and precision around a bare file of weights; empty if a model.yaml
 *     says them
 * @param data the section {@code data}: format, path and what {@code --set} adds
 * @param workers tasks that read and evaluate
 * @param place on what, to where
 */
public record EvaluateRequest(
    String model,
    Map<String, Object> sections,
    Map<String, Object> data,
    int workers,
    TrainRequest.Place place) {
  /** Copies the maps. */
  public EvaluateRequest {
    sections = Sections.copy(sections);
    data = Sections.copy(data);
  }

  /** A fresh reader of {@code data}. */
  public Settings dataSettings() {
    return Settings.of("data", data);
  }
}
