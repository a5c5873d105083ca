package io.kiln.spark.sweep;

import io.kiln.spark.report.StepSeries;
import org.jspecify.annotations.Nullable;

/** How the steps of a fit went, over its attempts. Thread-safe. */
final class TrialSteps {
  private @Nullable StepSeries before;
  private @Nullable StepSeries all;

  /** Another attempt begins, somewhere behind where the last one came to. */
  synchronized void attempt() {
    before = all;
  }

  /** The steps of this attempt so far. */
  synchronized void heard(StepSeries since) {
    all = since.after(before);
  }

  /** All of them; null if nothing was told. */
  synchronized @Nullable StepSeries all() {
    return all;
  }
}
