package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrialsTest {
  @Test
  void theDearestTrialIsHandedOutFirst() {
    assertThat(Trials.longestFirst(new double[] {1, 5, 3, 5, 0})).containsExactly(1, 3, 2, 0, 4);
  }
}
