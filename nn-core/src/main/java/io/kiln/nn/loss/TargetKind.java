package io.kiln.nn.loss;

/** What a loss takes targets for, and with that how outputs answer them. */
public enum TargetKind {
  /** Indices of classes. The output has a score for each class; the greatest is the answer. */
  CLASSES,
  /** Distributions over classes in the output's shape; the greatest share is the right answer. */
  DISTRIBUTIONS,
  /** The probability of yes, 0 to 1, for each output; above ½ is yes. A score above 0 says yes. */
  PROBABILITIES,
  /** Yes above 0, else no, for each output. A score above 0 says yes. */
  SIGNS,
  /** Numbers, one an output; there is no right or wrong answer. */
  NUMBERS;

  /** Whether each output answers yes or no. */
  public boolean isBinary() {
    return this == PROBABILITIES || this == SIGNS;
  }
}
