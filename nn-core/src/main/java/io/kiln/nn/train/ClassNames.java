package io.kiln.nn.train;

import io.kiln.nn.data.SampleSpec;

/** What classes are called in messages. */
final class ClassNames {
  private ClassNames() {}

  /** The name of a class in quotes, or its number. */
  static String of(SampleSpec spec, int index) {
    boolean named = index >= 0 && index < spec.classNames().size();
    return named ? "'" + spec.classNames().get(index) + "'" : String.valueOf(index);
  }
}
