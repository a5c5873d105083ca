package io.kiln.spark.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.Settings;
import io.kiln.spark.config.Axis;
import io.kiln.spark.config.SweepConfig;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpaceTest {
  private static SweepConfig sweep(String strategy, Map<String, Object> space) {
    return SweepConfig.read(
        Settings.of(
            "sweep", Map.of("strategy", strategy, "space", space, "trials", 400, "seed", 5)));
  }

  private static final Map<String, Object> CHOICES = choices();

  private static Map<String, Object> choices() {
    Map<String, Object> named = new LinkedHashMap<>();
    named.put("sgd", Map.of("optimizer.momentum", List.of(0, 0.9)));
    named.put("adam", Map.of());
    Map<String, Object> space = new LinkedHashMap<>();
    space.put("optimizer.type", Map.of("choices", named));
    space.put("train.seed", List.of(1, 2));
    return space;
  }

  @Test
  void aGridHasEveryCombinationOfEveryChoice() {
    SweepConfig sweep = sweep("grid", CHOICES);
    List<Space.Point> grid = new Space(sweep.space()).grid();
    assertThat(grid)
        .extracting(Space.Point::values)
        .containsExactly(
            Map.of("optimizer.type", "sgd", "optimizer.momentum", 0, "train.seed", 1),
            Map.of("optimizer.type", "sgd", "optimizer.momentum", 0, "train.seed", 2),
            Map.of("optimizer.type", "sgd", "optimizer.momentum", 0.9, "train.seed", 1),
            Map.of("optimizer.type", "sgd", "optimizer.momentum", 0.9, "train.seed", 2),
            Map.of("optimizer.type", "adam", "train.seed", 1),
            Map.of("optimizer.type", "adam", "train.seed", 2));
    assertThat(new Space(sweep.space()).size()).isEqualTo(6);
  }

  @Test
  void aSpaceIsReadAsItIsWritten() {
    Map<String, Object> space = new LinkedHashMap<>(CHOICES);
    space.put("optimizer.learning-rate", Map.of("min", 1e-4, "max", 1, "scale", "log"));
    SweepConfig sweep = sweep("random", space);
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("strategy", "random");
    written.put("space", Axis.resolved(sweep.space()));
    assertThat(SweepConfig.read(Settings.of("sweep", written)).space()).isEqualTo(sweep.space());
  }

  @Test
  void noTrialIsDrawnTwiceAndASmallSpaceIsUsedUp() {
    SweepConfig sweep = sweep("random", CHOICES);
    Strategy random = Strategies.of(sweep, new Space(sweep.space()), 1, values -> 1);
    Set<Map<String, Object>> seen = new HashSet<>();
    for (Suggestion next = random.suggest(); next != null; next = random.suggest()) {
      assertThat(seen.add(next.values())).isTrue();
    }
    assertThat(seen).hasSize(6);
    assertThat(Strategies.most(sweep, new Space(sweep.space()))).isEqualTo(6);
  }

  private static double number(Map<String, Object> values, String key) {
    return ((Number) Objects.requireNonNull(values.get(key))).doubleValue();
  }

  @Test
  void everyWholeNumberOfARangeIsDrawnEquallyOften() {
    Space space = new Space(Map.of("n", new Axis.Range(1, 4, false, true)));
    int[] drawn = new int[5];
    for (int i = 0; i < 400; i++) {
      drawn[(int) number(space.draw(1, i).values(), "n")]++;
    }
    for (int number = 1; number <= 4; number++) {
      assertThat(drawn[number]).isCloseTo(100, within(35));
    }
  }

  @Test
  void logarithmsOfALogRangeAreUniform() {
    Space space = new Space(Map.of("x", new Axis.Range(1e-4, 1, true, false)));
    int low = 0;
    for (int i = 0; i < 1000; i++) {
      double value = number(space.draw(1, i).values(), "x");
      assertThat(value).isBetween(1e-4, 1.0);
      low += value < 1e-2 ? 1 : 0;
    }
    assertThat(low).isCloseTo(500, within(65)); // four deviations
  }

  @Test
  void theDearestTrialIsHandedOutFirst() {
    SweepConfig sweep = sweep("grid", Map.of("n", List.of(1, 5, 3, 5, 0)));
    Strategy grid =
        Strategies.of(sweep, new Space(sweep.space()), 1, values -> number(values, "n"));
    int[] order = {1, 3, 2, 0, 4};
    for (int trial : order) {
      assertThat(grid.suggest()).extracting(Suggestion::trial).isEqualTo(trial);
    }
    assertThat(grid.suggest()).isNull();
  }
}
