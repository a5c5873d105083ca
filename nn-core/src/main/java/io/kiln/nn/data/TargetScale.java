package io.kiln.nn.data;

import java.util.List;

/**
 * How the numbers that a regression learns stand for those of the data: target = (number − mean) /
 * deviation. Networks learn and answer in such targets; whoever reports turns them back.
 *
 * <p>Several outputs have a mean each but share the deviation, so that a loss in targets is one of
 * the data but for a factor.
 *
 * @param means what is subtracted: one for all outputs, or one for each
 * @param deviation what is divided by, above 0
 */
public record TargetScale(List<Double> means, double deviation) {
  /** Numbers as they are. */
  public static final TargetScale NONE = new TargetScale(0, 1);

  /** Checks the bounds. */
  public TargetScale {
    means = List.copyOf(means);
    for (double mean : means) {
      if (!Double.isFinite(mean)) {
        throw wrong(mean, deviation);
      }
    }
    if (!(deviation > 0) || Double.isInfinite(deviation)) {
      throw wrong(means.isEmpty() ? 0 : means.get(0), deviation);
    }
    if (means.isEmpty()) {
      throw new IllegalArgumentException("target: no mean came but one at least is needed");
    }
  }

  /** The same mean for all outputs. */
  public TargetScale(double mean, double deviation) {
    this(List.of(mean), deviation);
  }

  private static IllegalArgumentException wrong(double mean, double deviation) {
    return new IllegalArgumentException(
        "target: mean "
            + mean
            + " and deviation "
            + deviation
            + " came but finite numbers are needed, the deviation above 0");
  }

  /** The mean of the only output, or of the first. */
  public double mean() {
    return means.get(0);
  }

  /** The target that stands for a number of the data, of the only output. */
  public double target(double number) {
    return target(0, number);
  }

  /** The number of the data that a target stands for, of the only output. */
  public double number(double target) {
    return number(0, target);
  }

  /** The target at a place of targets [n, outputs] that stands for a number of the data. */
  public double target(int place, double number) {
    return (number - means.get(place % means.size())) / deviation;
  }

  /** The number of the data that the target at a place of targets [n, outputs] stands for. */
  public double number(int place, double target) {
    return means.get(place % means.size()) + deviation * target;
  }
}
