package io.kiln.nn.data;

/**
 * How the numbers that a regression learns stand for those of the data: target = (number − mean) /
 * deviation. Networks learn and answer in such targets; whoever reports turns them back.
 *
 * @param mean what is subtracted
 * @param deviation what is divided by, above 0
 */
public record TargetScale(double mean, double deviation) {
  /** Numbers as they are. */
  public static final TargetScale NONE = new TargetScale(0, 1);

  /** Checks the bounds. */
  public TargetScale {
    if (!Double.isFinite(mean) || !(deviation > 0) || Double.isInfinite(deviation)) {
      throw new IllegalArgumentException(
          "target: mean "
              + mean
              + " and deviation "
              + deviation
              + " came but finite numbers are needed, the deviation above 0");
    }
  }

  /** The target that stands for a number of the data. */
  public double target(double number) {
    return (number - mean) / deviation;
  }

  /** The number of the data that a target stands for. */
  public double number(double target) {
    return mean + deviation * target;
  }
}
