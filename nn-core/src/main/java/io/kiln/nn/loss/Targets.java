package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the losses of classes read their targets.
 *
 * @param smoothing share of the target spread evenly over all classes, 0 for none
 * @param classWeights weight of each class, or empty for 1 each
 * @param distributions whether targets are distributions {@code [n, classes]}; if not, indices
 */
public record Targets(double smoothing, List<Double> classWeights, boolean distributions) {
  /** Copies the list. */
  public Targets {
    classWeights = List.copyOf(classWeights);
  }

  /** Class indices, all weighing the same. */
  public static Targets plain() {
    return new Targets(0, List.of(), false);
  }

  /** Reads {@code label-smoothing}, {@code class-weights}, {@code targets}. */
  static Targets from(Settings settings) {
    double smoothing = settings.within(0, 1, "label-smoothing", 0);
    List<Double> weights = settings.numbers("class-weights", List.of());
    for (double weight : weights) {
      if (!(weight >= 0)) {
        throw new io.kiln.nn.config.ConfigException(
            settings.path("class-weights") + ": " + weight + " came but it must be 0 or more");
      }
    }
    if (!weights.isEmpty() && weights.stream().allMatch(weight -> weight == 0)) {
      throw new io.kiln.nn.config.ConfigException(
          settings.path("class-weights")
              + ": all are 0 but one above 0 is needed; nothing is learnt from classes of weight 0");
    }
    String kind = settings.choice("targets", "indices", "indices", "probabilities");
    return new Targets(smoothing, weights, kind.equals("probabilities"));
  }

  TargetKind kind() {
    return distributions ? TargetKind.DISTRIBUTIONS : TargetKind.CLASSES;
  }

  boolean isPlain() {
    return smoothing == 0 && classWeights.isEmpty() && !distributions;
  }

  /** The class weights in that width, or null. */
  @Nullable Tensor weights(DType dtype) {
    if (classWeights.isEmpty()) {
      return null;
    }
    Tensor weights = Tensor.zeros(Shape.of(classWeights.size()), dtype);
    for (int i = 0; i < classWeights.size(); i++) {
      weights.set(i, classWeights.get(i));
    }
    return weights;
  }

  /** Outputs {@code […, classes]} as rows. */
  static Var rows(Var output) {
    Shape shape = output.shape();
    return shape.rank() <= 2
        ? output
        : Reshape.of(output, Shape.of(shape.count(0, shape.rank() - 1), shape.size(-1)));
  }

  /** Targets in the shape that goes with the rows of an output. */
  Var aligned(Var output, Var target) {
    Shape shape = output.shape();
    if (distributions && target.shape().equals(shape)) {
      return rows(target);
    }
    boolean isIndexEach =
        !distributions
            && target.shape().rank() == shape.rank() - 1
            && target
                .shape()
                .equals(Shape.of(java.util.Arrays.copyOf(shape.sizes(), shape.rank() - 1)));
    if (!isIndexEach) {
      throw new IllegalArgumentException(
          "loss: target is "
              + target.shape()
              + " but the output is "
              + shape
              + (distributions
                  ? "; give distributions of the output's shape, or set targets: indices"
                  : "; give one class index a row, or set targets: probabilities for"
                      + " distributions"));
    }
    return target.shape().rank() == 1
        ? target
        : Reshape.of(target, Shape.of(target.shape().count()));
  }

  /**
   * What the summed loss is divided by, as in PyTorch: the number of rows of distributions, else
   * the summed class weights of the targets that are not ignored; each times its sample's weight.
   */
  double weight(Tensor target, @Nullable Tensor weights) {
    int last = target.shape().rank() - 1;
    int rows = distributions ? target.shape().count(0, Math.max(0, last)) : target.count();
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      int label = distributions ? 0 : (int) target.get(i);
      if (label >= 0) {
        double ofClass = distributions || classWeights.isEmpty() ? 1 : weightOf(label);
        sum += ofClass * (weights == null ? 1 : weights.get(i / (rows / weights.count())));
      }
    }
    return sum;
  }

  /** Number of elements of targets, each counted as its sample weighs. */
  static double elements(Tensor target, @Nullable Tensor weights) {
    if (weights == null) {
      return target.count();
    }
    return samples(target, weights) * target.count() / Math.max(1, target.shape().size(0));
  }

  /** Number of samples, each counted as it weighs. */
  static double samples(Tensor target, @Nullable Tensor weights) {
    if (weights == null) {
      return target.shape().size(0);
    }
    double sum = 0;
    for (int i = 0; i < weights.count(); i++) {
      sum += weights.get(i);
    }
    return sum;
  }

  private double weightOf(int label) {
    if (label >= classWeights.size()) {
      throw new IllegalArgumentException(
          "loss: target "
              + label
              + " came but there are "
              + classWeights.size()
              + " class weights; give one a class");
    }
    return classWeights.get(label);
  }

  /** Targets as numbers in the shape of the output: only an axis of size 1 may be missing. */
  static Var likeOutput(Var output, Var target) {
    Shape shape = output.shape();
    boolean fits =
        target.shape().count() == shape.count()
            && target.shape().rank() > 0
            && target.shape().size(0) == shape.size(0);
    return fits && !target.shape().equals(shape) ? Reshape.of(target, shape) : target;
  }
}
