package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Limited-memory BFGS: the direction is −H·g with H built from the last changes of w and g by the
 * two-loop recursion (Liu and Nocedal 1989; Nocedal and Wright 2006, algorithm 7.4), the distance
 * comes from a line search. Works in double whatever the width of w; keeps 2·memory vectors of w's
 * length.
 *
 * @param iterations most directions to take
 * @param memory how many changes are remembered
 * @param gradientTolerance converged when no element of the gradient is larger
 * @param lossTolerance converged when the loss falls by less than this share of max(1, |loss|)
 * @param lineSearch how far to go
 */
public record Lbfgs(
    int iterations,
    int memory,
    double gradientTolerance,
    double lossTolerance,
    LineSearch lineSearch)
    implements FullBatchOptimizer {
  private static final double SMALLEST_CURVATURE = 1e-10;

  /**
   * Reads {@code iterations} (100), {@code memory} (10), {@code gradient-tolerance} (10⁻⁷), {@code
   * loss-tolerance} (10⁻⁹), {@code line-search: strong-wolfe|backtracking}.
   */
  public static Lbfgs from(Settings settings) {
    int iterations = settings.atLeast(0, "iterations", 100);
    int memory = settings.atLeast(1, "memory", 10);
    double gradient = settings.within(0, Double.POSITIVE_INFINITY, "gradient-tolerance", 1e-7);
    double loss = settings.within(0, Double.POSITIVE_INFINITY, "loss-tolerance", 1e-9);
    String search = settings.choice("line-search", "strong-wolfe", "strong-wolfe", "backtracking");
    settings.finish();
    LineSearch lineSearch =
        search.equals("backtracking") ? LineSearch.BACKTRACKING : LineSearch.STRONG_WOLFE;
    return new Lbfgs(iterations, memory, gradient, loss, lineSearch);
  }

  /** So many iterations at most, all else as usual. */
  public static Lbfgs of(int iterations) {
    return from(Settings.of("lbfgs", Map.of("iterations", iterations)));
  }

  /** One remembered step: how w and g changed. */
  private record Change(double[] w, double[] g, double product) {}

  @Override
  public Result minimize(LossFunction loss, Tensor w) {
    Ray ray = new Ray(loss, w);
    Deque<Change> changes = new ArrayDeque<>();
    Ray.Point here = ray.at(0);
    if (!Double.isFinite(here.loss())) {
      throw new IllegalArgumentException(
          "lbfgs: the loss is "
              + here.loss()
              + " at the beginning but a finite one is needed; begin elsewhere");
    }
    for (int i = 0; i < iterations; i++) {
      double[] gradient = ray.gradient().clone();
      if (Vectors.most(gradient) <= gradientTolerance) {
        return new Result(here.loss(), i, ray.evaluations(), true);
      }
      direct(gradient, changes, ray.direction());
      double slope = Vectors.dot(gradient, ray.direction());
      if (!(slope < 0)) {
        changes.clear();
        Vectors.scale(-1, gradient, ray.direction());
        slope = -Vectors.dot(gradient, gradient);
      }
      Ray.Point start = new Ray.Point(0, here.loss(), slope);
      double first = changes.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
      Ray.Point next = lineSearch.search(ray, start, first);
      if (next.distance() == 0) {
        return new Result(here.loss(), i, ray.evaluations(), true);
      }
      remember(changes, next.distance(), ray, gradient);
      ray.advance();
      double fall = here.loss() - next.loss();
      here = next;
      if (fall <= lossTolerance * Math.max(1, Math.abs(here.loss()))) {
        return new Result(here.loss(), i + 1, ray.evaluations(), true);
      }
    }
    return new Result(here.loss(), iterations, ray.evaluations(), false);
  }

  private void remember(Deque<Change> changes, double distance, Ray ray, double[] before) {
    double[] s = ray.direction().clone();
    Vectors.scale(distance, s, s);
    double[] y = ray.gradient().clone();
    Vectors.add(-1, before, y);
    double product = Vectors.dot(s, y);
    if (product > SMALLEST_CURVATURE * Vectors.dot(y, y)) {
      if (changes.size() == memory) {
        changes.removeFirst();
      }
      changes.addLast(new Change(s, y, product));
    }
  }

  /** direction = −H·g by the two-loop recursion. */
  private static void direct(double[] g, Deque<Change> changes, double[] direction) {
    List<Change> latestFirst = new ArrayList<>(changes);
    Collections.reverse(latestFirst);
    double[] factors = new double[latestFirst.size()];
    Vectors.scale(-1, g, direction);
    for (int i = 0; i < factors.length; i++) {
      Change change = latestFirst.get(i);
      factors[i] = Vectors.dot(change.w(), direction) / change.product();
      Vectors.add(-factors[i], change.g(), direction);
    }
    if (factors.length > 0) {
      Change latest = latestFirst.get(0);
      double size = latest.product() / Vectors.dot(latest.g(), latest.g());
      Vectors.scale(size, direction, direction);
    }
    for (int i = factors.length - 1; i >= 0; i--) {
      Change change = latestFirst.get(i);
      double back = Vectors.dot(change.g(), direction) / change.product();
      Vectors.add(factors[i] - back, change.w(), direction);
    }
  }
}
