package io.kiln.nn.layer;

import io.kiln.nn.config.Settings;
import java.util.List;
import java.util.Map;

/** Makes the loss that a configuration names. */
public final class Losses {
  private static final Map<String, String> SHORT =
      Map.of(
          "mse", "mean-squared-error",
          "l1", "mean-absolute-error",
          "mae", "mean-absolute-error",
          "bce", "binary-cross-entropy",
          "hinge", "multiclass-hinge",
          "svm", "multiclass-hinge");
  private static final Named<Loss> BY_NAME =
      new Named<>(Loss.class, "loss", "-loss", Settings.class);

  private Losses() {}

  /**
   * The loss of a section: {@code type} (softmax-cross-entropy if it is not given) and its
   * settings. {@code softmax-cross-entropy} is the class {@code SoftmaxCrossEntropyLoss}; the short
   * names {@code mse}, {@code l1}, {@code bce}, {@code svm} are known too.
   *
   * @throws io.kiln.nn.config.ConfigException if there is no such loss or its settings are wrong
   */
  public static Loss of(Settings settings) {
    String type = settings.text("type", "softmax-cross-entropy");
    return BY_NAME.make(settings.path("type"), SHORT.getOrDefault(type, type), settings);
  }

  /** The names of all losses; the short ones are left out. */
  public static List<String> names() {
    return BY_NAME.names();
  }
}
