package io.kiln.nn.layer;

import io.kiln.nn.config.Settings;

/** Makes the loss that a configuration names. */
public final class Losses {
  private static final Named<Loss> BY_NAME = new Named<>(Loss.class, "loss", Settings.class);

  private Losses() {}

  /**
   * The loss of a section: {@code type} (softmax-cross-entropy if it is not given) and its
   * settings. {@code softmax-cross-entropy} is the class {@code SoftmaxCrossEntropyLoss}.
   *
   * @throws io.kiln.nn.config.ConfigException if there is no such loss or its settings are wrong
   */
  public static Loss of(Settings settings) {
    String type = settings.text("type", "softmax-cross-entropy");
    return BY_NAME.make(settings.path("type"), type + "-loss", settings);
  }
}
