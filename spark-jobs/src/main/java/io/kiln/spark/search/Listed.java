package io.kiln.spark.search;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Trials that are known from the beginning, such as those of a grid. */
final class Listed implements Strategy {
  private final Deque<Suggestion> ahead = new ArrayDeque<>();

  /**
   * All of them, numbered as they come.
   *
   * @param cost of a trial: the dearest is handed out first, so that none is left to run alone at
   *     the end; of equals, the first
   */
  Listed(List<Space.Point> points, ToDoubleFunction<Map<String, Object>> cost) {
    List<Suggestion> all = new ArrayList<>();
    double[] costs = new double[points.size()];
    for (Space.Point point : points) {
      costs[all.size()] = cost.applyAsDouble(point.values());
      all.add(new Suggestion(all.size(), point.values(), Suggestion.WHOLE));
    }
    all.sort(Comparator.comparingDouble(one -> -costs[one.trial()]));
    ahead.addAll(all);
  }

  @Override
  public @Nullable Suggestion suggest() {
    return ahead.poll();
  }

  @Override
  public void observe(Observation what) {
    // What comes of one trial makes no difference to the others.
  }

  @Override
  public boolean isIndependent() {
    return true;
  }
}
