package io.kiln.spark.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.Settings;
import io.kiln.spark.config.SweepConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TpeTest {
  private static final int TRIALS = 100;

  /** A rate over four powers of ten, a width, a choice; the best is at 0.01, 40, "b". */
  private static Strategy strategy(String name, long seed) {
    Map<String, Object> space = new LinkedHashMap<>();
    space.put("rate", Map.of("min", 1e-4, "max", 1, "scale", "log"));
    space.put("width", Map.of("min", 1, "max", 100, "whole", true));
    space.put("kind", List.of("a", "b", "c", "d"));
    SweepConfig sweep =
        SweepConfig.read(
            Settings.of(
                "sweep", Map.of("strategy", name, "trials", TRIALS, "seed", seed, "space", space)));
    return Strategies.of(sweep, new Space(sweep.space()), 1, values -> 1);
  }

  private static double number(Map<String, Object> values, String key) {
    return ((Number) Objects.requireNonNull(values.get(key))).doubleValue();
  }

  private static double merit(Map<String, Object> values) {
    double rate = Math.log10(number(values, "rate")) + 2;
    double width = (number(values, "width") - 40) / 25;
    double kind = "b".equals(values.get("kind")) ? 0 : 1;
    return -(rate * rate + width * width + kind);
  }

  /** The best merit, with so many trials under way at a time. */
  private static double best(Strategy strategy, int parallel) {
    Deque<Suggestion> running = new ArrayDeque<>();
    double best = Double.NEGATIVE_INFINITY;
    while (true) {
      Suggestion next = running.size() < parallel ? strategy.suggest() : null;
      if (next != null) {
        running.add(next);
        continue;
      }
      Suggestion done = running.poll();
      if (done == null) {
        return best;
      }
      double merit = merit(done.values());
      best = Math.max(best, merit);
      strategy.observe(new Observation(done.trial(), done.epochs(), merit));
    }
  }

  /**
   * Twenty seeds: TPE comes nearer to the best than random trials do, one or four at a time. Over
   * forty seeds its mean distance was 0.09 where chance had 0.23, and it won 35 times.
   */
  @Test
  void findsBetterPointsThanChance() {
    double random = 0;
    double one = 0;
    double four = 0;
    int won = 0;
    for (long seed = 1; seed <= 20; seed++) {
      double chance = best(strategy("random", seed), 1);
      double tpe = best(strategy("tpe", seed), 1);
      won += tpe > chance ? 1 : 0;
      random -= chance;
      one -= tpe;
      four -= best(strategy("tpe", seed), 4);
    }
    assertThat(one).isLessThan(0.6 * random);
    assertThat(four).isLessThan(0.75 * random);
    assertThat(won).isGreaterThanOrEqualTo(15);
  }

  @Test
  void sameResultsGiveTheSameSuggestions() {
    List<Map<String, Object>> first = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      Strategy tpe = strategy("tpe", 3);
      for (int i = 0; i < TRIALS; i++) {
        Suggestion next = Objects.requireNonNull(tpe.suggest());
        if (run == 0) {
          first.add(next.values());
        } else {
          assertThat(next.values()).isEqualTo(first.get(i));
        }
        double merit = i % 7 == 3 ? Double.NaN : merit(next.values()); // some fail
        tpe.observe(new Observation(i, next.epochs(), merit));
      }
      assertThat(tpe.suggest()).isNull();
    }
  }

  @Test
  void theBeginningIsDrawn() {
    Strategy tpe = strategy("tpe", 2);
    Strategy random = strategy("random", 2);
    for (int i = 0; i < 10; i++) {
      assertThat(tpe.suggest()).isEqualTo(random.suggest());
    }
  }

  @Test
  void aDensityIsOneOverItsInterval() {
    Parzen density = new Parzen(-1, 3, new double[] {0, 0.5, 2.9, -0.7, 0.5});
    double sum = 0;
    int n = 4000;
    for (int i = 0; i < n; i++) {
      double at = -1 + 4 * (i + 0.5) / n;
      sum += Math.exp(density.logLikelihood(at, at)) * 4 / n;
    }
    assertThat(sum).isCloseTo(1, within(1e-4));
    assertThat(Math.exp(density.logLikelihood(-1, 3))).isCloseTo(1, within(1e-9));
    double mean = 0;
    double expected = 0;
    for (int i = 0; i < n; i++) {
      double at = -1 + 4 * (i + 0.5) / n;
      expected += at * Math.exp(density.logLikelihood(at, at)) * 4 / n;
      double drawn = density.draw((i * 0.6180339887) % 1, (i * 0.7548776662) % 1);
      assertThat(drawn).isBetween(-1.0, 3.0);
      mean += drawn / n;
    }
    assertThat(mean).isCloseTo(expected, within(0.03));
  }
}
