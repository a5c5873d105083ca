package io.kiln.spark.shards;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.data.WeightedMoments;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * What is known of the numbers of a regression: the mean of each output over the rows that are
 * learnt from, by their weights, and how targets stand for numbers.
 *
 * @param means of the outputs, in the units of the data; none for classes
 * @param centers what is subtracted from each output; none for classes
 * @param deviation what is divided by
 */
record TargetMoments(double[] means, double[] centers, double deviation) implements Serializable {
  /** Of classes, and of rows without a label. */
  static final TargetMoments NONE = new TargetMoments(new double[0], new double[0], 1);

  /**
   * Learns them, but for what the settings give: {@code normalize-target} (as {@code normalize}),
   * {@code target-mean} (one number or one an output), {@code target-deviation}.
   *
   * @param otherwise the default of {@code normalize-target}
   * @param outputs numbers of a row's target
   */
  static TargetMoments of(
      Settings fitted, boolean otherwise, List<WeightedMoments> seen, int outputs) {
    double[] means = seen.stream().mapToDouble(WeightedMoments::mean).toArray();
    boolean normalize = fitted.flag("normalize-target", otherwise);
    if (fitted.has("target-mean") || fitted.has("target-deviation")) {
      double deviation = fitted.within(Double.MIN_VALUE, Double.MAX_VALUE, "target-deviation", 1);
      return new TargetMoments(means, given(fitted, outputs), deviation);
    }
    if (!normalize || means.length == 0) {
      return new TargetMoments(means, new double[outputs], 1);
    }
    double squares = 0;
    for (WeightedMoments each : seen) {
      squares += each.deviation() * each.deviation();
    }
    double deviation = Math.sqrt(squares / means.length);
    return new TargetMoments(means, means, deviation > 0 ? deviation : 1);
  }

  private static double[] given(Settings fitted, int outputs) {
    double[] centers =
        fitted.numbers("target-mean", List.of(0.0)).stream().mapToDouble(x -> x).toArray();
    if (centers.length != 1 && outputs > 1 && centers.length != outputs) {
      throw new ConfigException(
          fitted.path("target-mean")
              + ": "
              + centers.length
              + " means came but a label has "
              + outputs
              + " numbers; give one, or one for each");
    }
    return centers;
  }

  /** How targets stand for numbers. */
  TargetScale scale() {
    return centers.length == 0
        ? TargetScale.NONE
        : new TargetScale(Arrays.stream(centers).boxed().toList(), deviation);
  }

  /** What was learnt, as a setting: one number, or one an output. */
  Object centersSetting() {
    return centers.length == 1 ? centers[0] : Arrays.stream(centers).boxed().toList();
  }
}
