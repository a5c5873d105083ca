package io.kiln.nn.model;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.Samples;
import io.kiln.nn.io.Storage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.zoo.Models;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A network around a bare file of weights, such as one that PyTorch wrote. */
public final class BareModel {
  private BareModel() {}

  /**
   * Builds the network for samples and reads its values.
   *
   * @param path the safetensors file
   * @param sections {@code model}, {@code loss} and {@code precision}, as in a configuration
   * @throws io.kiln.nn.config.ConfigException if the file is of another network
   */
  public static ModelFolder.Loaded read(
      Storage storage, String path, Map<String, Object> sections, Samples samples)
      throws IOException {
    Settings all = Settings.of("", sections);
    Settings section = all.section("model");
    Map<String, Object> weights = section.section("weights").values();
    weights.put("path", path);
    Map<String, Object> model = section.values();
    model.put("weights", weights);
    Network network =
        Models.network(
            Settings.of("model", model),
            spec(section, samples),
            DType.of(all.text("precision", DType.FLOAT32.label())),
            0,
            storage,
            "");
    Map<String, Object> loss = all.section("loss").values();
    return new ModelFolder.Loaded(
        network, Losses.of(all.section("loss")), Map.of(), section.values(), loss);
  }

  /** Samples without labels do not say how many classes there are; then the network does. */
  private static SampleSpec spec(Settings model, Samples samples) {
    SampleSpec spec = samples.data().spec();
    if (samples.labelled() || spec.classes() != 1) {
      return spec;
    }
    int usual = Models.madeFor().getOrDefault(model.text("type", ""), spec).classes();
    return new SampleSpec(
        spec.inputs(), spec.target(), model.atLeast(1, "outputs", usual), List.of());
  }
}
