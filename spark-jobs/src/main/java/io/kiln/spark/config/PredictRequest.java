package io.kiln.spark.config;

import io.kiln.nn.config.Sections;
import io.kiln.nn.config.Settings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code kiln predict} asks for.
 *
 * @param model a run folder, its {@code model} folder, or a safetensors file
 * @param sections model, loss and precision around a bare file of weights; empty if a model.yaml
 *     says them
 * @param data the section {@code data}: format, path and what {@code --set} adds
 * @param out file or folder of the labels, CSV or Parquet by suffix; null: they are printed
 * @param probabilities whether class probabilities are written too
 * @param top how many of the likeliest classes are written by name; 0: none
 * @param names file of class names, one a line, or null for the model's own
 * @param workers tasks that read and predict
 * @param place on what; its {@code out} is {@code out}
 */
public record PredictRequest(
    String model,
    Map<String, Object> sections,
    Map<String, Object> data,
    @Nullable String out,
    boolean probabilities,
    int top,
    @Nullable String names,
    int workers,
    TrainRequest.Place place) {
  /** Copies the maps. */
  public PredictRequest {
    sections = Sections.copy(sections);
    data = Sections.copy(data);
  }

  /** A fresh reader of {@code data}. */
  public Settings dataSettings() {
    return Settings.of("data", data);
  }

  /** Whether the labels go to Parquet. */
  public boolean parquet() {
    return out != null && out.endsWith(".parquet");
  }
}
