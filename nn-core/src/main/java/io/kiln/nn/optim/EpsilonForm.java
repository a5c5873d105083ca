package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;

/** Where ε stands in a rule with a root. */
public enum EpsilonForm {
  /** Beside the corrected root: d / (√ŝ + ε). */
  PYTORCH,
  /**
   * As in Keras and TensorFlow: beside the root before the correction of Adam's first steps (the ε̂
   * of Kingma and Ba 2015, section 2), and within it, d / √(s + ε), in RMSprop and Adagrad.
   */
  KERAS;

  /** Reads {@code epsilon-as}: pytorch (the default) or keras. */
  static EpsilonForm from(Settings settings) {
    String form = settings.choice("epsilon-as", "pytorch", "pytorch", "keras");
    return form.equals("keras") ? KERAS : PYTORCH;
  }
}
