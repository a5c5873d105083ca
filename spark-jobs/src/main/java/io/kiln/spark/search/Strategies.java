package io.kiln.spark.search;

import io.kiln.spark.config.SweepConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The strategies by their names. */
public final class Strategies {
  private Strategies() {}

  /**
   * The strategy of a configuration.
   *
   * @param space with its whole numbers known
   * @param epochs of a whole trial
   * @param cost of a trial, in any unit
   */
  public static Strategy of(
      SweepConfig sweep, Space space, int epochs, ToDoubleFunction<Map<String, Object>> cost) {
    return switch (sweep.strategy()) {
      case "grid" -> new Listed(space.grid(), cost);
      case "random" -> new Listed(random(space, sweep.seed(), sweep.trials()), cost);
      case SweepConfig.HALVING ->
          new Halving(new Draws(space, sweep.seed()), sweep.trials(), sweep.halving(), epochs);
      default -> new Tpe(space, new Draws(space, sweep.seed()), sweep.trials(), sweep.seed());
    };
  }

  /** Epochs at which trials are compared; none where they are not. */
  public static int[] rungs(SweepConfig sweep, int epochs) {
    return sweep.strategy().equals(SweepConfig.HALVING)
        ? Halving.rungs(sweep.halving(), epochs)
        : new int[0];
  }

  /** How many trials there can be at most. */
  public static int most(SweepConfig sweep, Space space) {
    double all = space.size();
    return sweep.strategy().equals("grid") ? (int) all : (int) Math.min(all, sweep.trials());
  }

  private static List<Space.Point> random(Space space, long seed, int most) {
    Draws draws = new Draws(space, seed);
    List<Space.Point> points = new ArrayList<>();
    for (Space.@Nullable Point next = draws.next(); next != null; next = draws.next()) {
      points.add(next);
      if (points.size() == most) {
        break;
      }
    }
    return points;
  }
}
