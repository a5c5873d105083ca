package io.kiln.spark.config;

import io.kiln.nn.config.Settings;
import java.util.Map;

/**
 * What {@code kiln predict} asks for.
 *
 * @param model a run folder, its {@code model} folder, or a safetensors file
 * @param data the section {@code data}: format, path and what {@code --set} adds
 * @param out file or folder of the labels; CSV or Parquet by suffix
 * @param probabilities whether class probabilities are written too
 * @param workers tasks that read and predict
 * @param place on what; its {@code out} is {@code out}
 */
public record PredictRequest(
    String model,
    Map<String, Object> data,
    String out,
    boolean probabilities,
    int workers,
    TrainRequest.Place place) {
  /** Copies the map. */
  public PredictRequest {
    data = Overlay.copy(data);
  }

  /** A fresh reader of {@code data}. */
  public Settings dataSettings() {
    return Settings.of("data", data);
  }

  /** Whether the labels go to Parquet. */
  public boolean parquet() {
    return out.endsWith(".parquet");
  }
}
