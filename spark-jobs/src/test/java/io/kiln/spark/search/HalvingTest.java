package io.kiln.spark.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.config.Axis;
import io.kiln.spark.config.SweepConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HalvingTest {
  private static Halving halving(int trials, int reduction, int least, int whole) {
    Space space = new Space(Map.of("x", new Axis.Range(0, 1, false, false)));
    return new Halving(
        new Draws(space, 1), trials, new SweepConfig.Halving(reduction, least), whole);
  }

  private static String next(Halving halving) {
    Suggestion what = halving.suggest();
    if (what == null) {
      return "-";
    }
    return what.trial()
        + (what.epochs() == Suggestion.WHOLE ? " to the end" : " to " + what.epochs());
  }

  @Test
  void rungsLieAtPowersAndAtTheEnd() {
    assertThat(Halving.rungs(new SweepConfig.Halving(3, 1), 9)).containsExactly(1, 3, 9);
    assertThat(Halving.rungs(new SweepConfig.Halving(3, 1), 8)).containsExactly(1, 3, 8);
    assertThat(Halving.rungs(new SweepConfig.Halving(4, 2), 2)).containsExactly(2);
    assertThat(Halving.rungs(new SweepConfig.Halving(4, 1), 64)).containsExactly(1, 4, 16, 64);
  }

  /** One worker, η = 3, rungs 1, 3, 9: written out by algorithm 2 of the paper. */
  @Test
  void promotesWhatThePapersRuleSays() {
    Halving halving = halving(9, 3, 1, 9);
    List<String> said = new ArrayList<>();
    double[] atOne = {.1, .5, .3, .9, .2, .4, .6, .8, .7};
    Map<Integer, Double> atThree = Map.of(1, .55, 3, .92, 7, .81);
    for (String now = next(halving); !now.equals("-"); now = next(halving)) {
      said.add(now);
      int trial = Integer.parseInt(now.substring(0, now.indexOf(' ')));
      if (now.endsWith("to 1")) {
        halving.observe(new Observation(trial, 1, atOne[trial]));
      } else if (now.endsWith("to 3")) {
        halving.observe(new Observation(trial, 3, atThree.getOrDefault(trial, .0)));
      } else {
        halving.observe(new Observation(trial, Suggestion.WHOLE, .95));
      }
    }
    assertThat(said)
        .containsExactly(
            "0 to 1",
            "1 to 1",
            "2 to 1", // three are there: the best one, 1, goes on
            "1 to 3",
            "3 to 1", // of four ⌊4/3⌋ = 1 goes on, which is 3 now
            "3 to 3",
            "4 to 1",
            "5 to 1", // of six two may: 3 and 1, who have
            "6 to 1", // 3 and 6 are the best two
            "6 to 3", // the third at rung 3: the best of three, 3, goes to the end
            "3 to the end",
            "7 to 1", // 3 and 7 are the best two of eight
            "7 to 3",
            "8 to 1",
            "8 to 3"); // of nine three may: 3, 7, 8
  }

  @Test
  void aFailedTrialCountsAsTheWorstAndNeverGoesOn() {
    Halving halving = halving(3, 3, 1, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(next(halving)).isEqualTo(i + " to 1");
      halving.observe(new Observation(i, 1, i == 1 ? -5 : Double.NaN));
    }
    assertThat(next(halving)).isEqualTo("1 to the end");
    halving.observe(new Observation(1, Suggestion.WHOLE, Double.NaN));
    assertThat(next(halving)).isEqualTo("-");
  }

  @Test
  void nobodyWaitsForOthersToEnd() {
    Halving halving = halving(4, 2, 1, 4);
    assertThat(next(halving)).isEqualTo("0 to 1");
    assertThat(next(halving)).isEqualTo("1 to 1");
    assertThat(next(halving)).isEqualTo("2 to 1");
    halving.observe(new Observation(2, 1, .3));
    assertThat(next(halving)).isEqualTo("3 to 1"); // of one none may go on
    assertThat(next(halving)).isEqualTo("-");
    halving.observe(new Observation(0, 1, .2));
    assertThat(next(halving)).isEqualTo("2 to 2");
    assertThat(next(halving)).isEqualTo("-");
  }
}
