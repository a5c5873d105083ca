package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.NamePatterns;
import io.kiln.nn.config.Settings;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which parameters training leaves as they are. Nothing is computed for their gradients, and
 * nothing at all is done backward below the first layer that is trained.
 *
 * @param names names of frozen parameters
 * @param statistics whether the running statistics of those names are frozen too: batch
 *     normalizations then use them in training
 */
record Freezing(NamePatterns names, boolean statistics) {
  /**
   * Reads {@code freeze} (none) and {@code frozen-statistics: running|batch}.
   *
   * <p>With {@code running}, the default, a frozen batch normalization does the same in training as
   * in use, as Keras has it ("Transfer learning and fine-tuning"): what is frozen does not change,
   * and the result does not depend on how batches are cut. With {@code batch} it goes on with the
   * statistics of each batch and moves the running ones, as PyTorch's "Transfer learning for
   * computer vision" does by leaving the whole network in training mode.
   */
  static Freezing from(Settings model) {
    NamePatterns names = NamePatterns.from(model, "freeze");
    String statistics = model.choice("frozen-statistics", "running", "running", "batch");
    return new Freezing(names, statistics.equals("running"));
  }

  Predicate<String> parameters() {
    return names::matches;
  }

  Predicate<String> buffers() {
    return name -> statistics && names.matches(name);
  }

  /** Refuses patterns that fit nothing, and those that leave nothing to train. */
  void check(List<Params.Declared> declared) {
    names.check("parameter", declared.stream().map(Params.Declared::name).toList());
    boolean trains =
        declared.stream().anyMatch(one -> one.role().isTrainable() && !names.matches(one.name()));
    if (!trains && !names.patterns().isEmpty()) {
      throw new ConfigException(
          names.where()
              + ": "
              + names.patterns()
              + " freezes every parameter; leave some to train");
    }
  }
}
