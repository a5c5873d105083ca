package io.kiln.nn.optim;

import io.kiln.nn.tensor.Tensor;

/** The loss along a direction: what a line search looks at. Mutable, one a minimisation. */
final class Ray {
  /** The loss and its slope at a distance. */
  record Point(double distance, double loss, double slope) {
    boolean isFinite() {
      return Double.isFinite(loss) && Double.isFinite(slope);
    }
  }

  private final LossFunction loss;
  private final Tensor w;
  private final Tensor gradient;
  private final double[] origin;
  private final double[] direction;
  private final double[] slopes;
  private int evaluations;
  private double last;

  Ray(LossFunction loss, Tensor w) {
    this.loss = loss;
    this.w = w;
    this.gradient = Tensor.zeros(w.shape(), w.dtype());
    this.origin = w.toArray();
    this.direction = new double[origin.length];
    this.slopes = new double[origin.length];
  }

  /** The direction, to be written before the first {@link #at} from a new origin. */
  double[] direction() {
    return direction;
  }

  /** The gradient at the point that was last asked for. */
  double[] gradient() {
    return slopes;
  }

  /** Where the search begins. */
  double[] origin() {
    return origin;
  }

  int evaluations() {
    return evaluations;
  }

  /** Puts w at origin + distance·direction and evaluates there. */
  Point at(double distance) {
    for (int i = 0; i < origin.length; i++) {
      w.set(i, origin[i] + distance * direction[i]);
    }
    double value = loss.at(w, gradient);
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] = gradient.get(i);
    }
    evaluations++;
    last = distance;
    return new Point(distance, value, Vectors.dot(slopes, direction));
  }

  /** Makes sure that w and gradient are those of a point. */
  Point settle(Point point) {
    return point.distance() == last ? point : at(point.distance());
  }

  /** Makes where w is the origin. */
  void advance() {
    for (int i = 0; i < origin.length; i++) {
      origin[i] = w.get(i);
    }
  }
}
