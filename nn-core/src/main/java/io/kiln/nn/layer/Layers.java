package io.kiln.nn.layer;

import io.kiln.nn.config.Named;
import io.kiln.nn.config.Settings;
import java.util.List;

/** Makes the layer that a configuration names. */
public final class Layers {
  private static final Named<Layer> BY_NAME = new Named<>(Layer.class, "layer", Settings.class);

  private Layers() {}

  /**
   * The layer of a section, by its {@code type}. A layer of one's own has a name once a list has
   * it, see {@link Named}.
   *
   * @throws io.kiln.nn.config.ConfigException if there is no such layer or its settings are wrong
   */
  public static Layer of(Settings settings) {
    return BY_NAME.make(settings.path("type"), settings.text("type"), settings);
  }

  /** The names of all layers. */
  public static List<String> names() {
    return BY_NAME.names();
  }
}
