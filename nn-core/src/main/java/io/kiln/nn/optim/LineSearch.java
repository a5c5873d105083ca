package io.kiln.nn.optim;

/** How far to go along a direction. */
public enum LineSearch {
  /**
   * To where the loss is lower by 10⁻⁴ of what the slope promises and the slope is at most 0.9 of
   * the first one's size: Nocedal and Wright 2006, algorithms 3.5 and 3.6, with cubic
   * interpolation.
   */
  STRONG_WOLFE {
    @Override
    Ray.Point search(Ray ray, Ray.Point start, double distance) {
      Ray.Point before = start;
      double next = distance;
      for (int i = 0; i < TRIALS; i++) {
        Ray.Point point = ray.at(next);
        if (!isLower(start, point) || (i > 0 && point.loss() >= before.loss())) {
          return zoom(ray, start, before, point);
        }
        if (isFlat(start, point)) {
          return point;
        }
        if (point.slope() >= 0) {
          return zoom(ray, start, point, before);
        }
        before = point;
        next *= 2;
      }
      return before;
    }
  },

  /** Half as far again and again until the loss is lower by 10⁻⁴ of what the slope promises. */
  BACKTRACKING {
    @Override
    Ray.Point search(Ray ray, Ray.Point start, double distance) {
      double next = distance;
      for (int i = 0; i < TRIALS; i++) {
        Ray.Point point = ray.at(next);
        if (isLower(start, point)) {
          return point;
        }
        next /= 2;
      }
      return ray.settle(start);
    }
  };

  private static final int TRIALS = 25;
  private static final double DECREASE = 1e-4;
  private static final double CURVATURE = 0.9;
  private static final double MARGIN = 0.1;

  /**
   * A point to go to; w and gradient of the ray are there.
   *
   * @param start the point at distance 0, whose slope is below 0
   * @param distance what to try first
   * @return {@code start} if nothing better was found
   */
  abstract Ray.Point search(Ray ray, Ray.Point start, double distance);

  private static boolean isLower(Ray.Point start, Ray.Point point) {
    return point.isFinite()
        && point.loss() <= start.loss() + DECREASE * point.distance() * start.slope();
  }

  private static boolean isFlat(Ray.Point start, Ray.Point point) {
    return Math.abs(point.slope()) <= -CURVATURE * start.slope();
  }

  /** Narrows an interval that holds acceptable points; {@code low} is the best end. */
  private static Ray.Point zoom(Ray ray, Ray.Point start, Ray.Point low, Ray.Point high) {
    Ray.Point best = low;
    Ray.Point other = high;
    for (int i = 0; i < TRIALS; i++) {
      Ray.Point point = ray.at(between(best, other));
      if (!isLower(start, point) || point.loss() >= best.loss()) {
        other = point;
        continue;
      }
      if (isFlat(start, point)) {
        return point;
      }
      if (point.slope() * (other.distance() - best.distance()) >= 0) {
        other = best;
      }
      best = point;
    }
    return ray.settle(best);
  }

  /** The minimum of the cubic through both ends, kept away from them. */
  private static double between(Ray.Point a, Ray.Point b) {
    double width = b.distance() - a.distance();
    double middle = a.distance() + width / 2;
    if (!b.isFinite()) {
      return middle;
    }
    double d1 = a.slope() + b.slope() - 3 * (a.loss() - b.loss()) / (a.distance() - b.distance());
    double square = d1 * d1 - a.slope() * b.slope();
    if (!(square >= 0)) {
      return middle;
    }
    double d2 = Math.signum(width) * Math.sqrt(square);
    double at = b.distance() - width * (b.slope() + d2 - d1) / (b.slope() - a.slope() + 2 * d2);
    double least = Math.min(a.distance(), b.distance()) + MARGIN * Math.abs(width);
    double most = Math.max(a.distance(), b.distance()) - MARGIN * Math.abs(width);
    return Double.isFinite(at) ? Math.max(least, Math.min(most, at)) : middle;
  }
}
