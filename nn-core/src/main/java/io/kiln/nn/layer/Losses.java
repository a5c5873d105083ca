package io.kiln.nn.layer;

import io.kiln.nn.config.Settings;
import java.util.Map;

/** Makes the loss that a configuration names. */
public final class Losses {
  private static final Named<Loss> BY_NAME = new Named<>(Loss.class, "loss", Settings.class);

  private Losses() {}

  /**
   * Reads {@code loss}: a name, or a section with {@code type} and settings. {@code
   * softmax-cross-entropy} is the class {@code SoftmaxCrossEntropyLoss}.
   */
  public static Loss from(Settings configuration) {
    Object value = configuration.raw("loss");
    Settings section =
        value instanceof Map<?, ?>
            ? configuration.section("loss")
            : Settings.of("loss", Map.of("type", value == null ? "softmax-cross-entropy" : value));
    String type = section.text("type");
    return BY_NAME.make(section.where(), type + "-loss", section);
  }
}
