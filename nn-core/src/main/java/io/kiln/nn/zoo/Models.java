package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Named;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.Storage;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.tensor.DType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes the network that a configuration describes. */
public final class Models {
  private static final Named<Model> BY_NAME =
      new Named<>(Model.class, "model", Settings.class, SampleSpec.class);

  private static final String WEIGHTS = "weights";
  private static final String VIEWS = "views";

  /** Keys of the section that are read here. */
  private static final List<String> BESIDES =
      List.of(WEIGHTS, "freeze", "frozen-statistics", VIEWS);

  private Models() {}

  /**
   * The network of a section {@code model} with the values it begins with.
   *
   * <p>Besides what {@link #from} reads: {@code weights} ({@code path}, {@code strip-prefix},
   * {@code add-prefix}, {@code except}, {@code sha256}), a safetensors file of values; {@code
   * freeze}, patterns of names that training leaves as they are; {@code frozen-statistics}.
   *
   * @param seed of the values that do not come from a file
   * @param root folder that the path of the weights is below unless it is absolute
   * @throws ConfigException if the section does not fit the samples or the file
   * @throws IOException if the file cannot be read
   */
  public static Network network(
      Settings model, SampleSpec spec, DType dtype, long seed, Storage storage, String root)
      throws IOException {
    Model made = from(model, spec);
    Freezing freezing = Freezing.from(model);
    List<Params.Declared> declared = declared(model.where(), made, spec);
    freezing.check(declared);
    if (!model.has(WEIGHTS)) {
      return Network.of(made, spec, dtype, seed, selection(freezing, name -> false));
    }
    Pretrained weights = Pretrained.from(model.section(WEIGHTS), root);
    try (Pretrained.Opened opened = weights.open(storage, declared)) {
      Network network = Network.of(made, spec, dtype, seed, selection(freezing, opened::has));
      opened.fill(network);
      return network;
    }
  }

  /**
   * SHA-256 of the file that the values of a section {@code model} come from; empty if they do not
   * come from a file, or the section says it itself. With it as {@code weights.sha256} the section
   * means the same values on every machine and at any time.
   */
  public static Optional<String> sha256(Settings model, Storage storage, String root)
      throws IOException {
    if (!model.has(WEIGHTS)) {
      return Optional.empty();
    }
    Pretrained weights = Pretrained.from(model.section(WEIGHTS), root);
    return weights.sha256().isEmpty()
        ? Optional.of(Digests.sha256(storage, weights.path()))
        : Optional.empty();
  }

  /**
   * The images and the number of classes that each named network for images was made for, by its
   * name; it takes others too.
   */
  public static Map<String, SampleSpec> madeFor() {
    return ImageNetworks.originals();
  }

  private static Network.Selection selection(Freezing freezing, Predicate<String> given) {
    return new Network.Selection(freezing.parameters(), freezing.buffers(), given);
  }

  private static List<Params.Declared> declared(String where, Model model, SampleSpec spec) {
    try {
      return Network.declared(model, spec);
    } catch (ConfigException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          where + ": it does not fit samples of " + spec.inputs() + ": " + e.getMessage());
    }
  }

  /**
   * Reads {@code model}: either {@code type} with the settings of a named network, or {@code
   * layers}, a list of layers; and {@code views} ({@code flip}, {@code shift}) of each image that
   * answers are the mean of.
   */
  public static Model from(Settings model, SampleSpec spec) {
    for (String key : BESIDES) {
      model.has(key); // known, though the network itself does not read it
    }
    Model network = alone(model, spec);
    return model.has(VIEWS) ? Viewed.from(model.section(VIEWS), network, spec) : network;
  }

  private static Model alone(Settings model, SampleSpec spec) {
    if (model.has("layers")) {
      if (model.has("type")) {
        throw new ConfigException(model.where() + ": give either type or layers, not both");
      }
      return Model.of(Sequential.from(model));
    }
    return BY_NAME.make(model.path("type"), model.text("type"), model, spec);
  }
}
