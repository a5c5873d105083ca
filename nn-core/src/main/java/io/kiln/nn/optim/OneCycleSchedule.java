package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;

/**
 * One cycle over the whole fit, along half cosines: from 1 / divide up to 1 in the first {@code
 * rise} of the steps, then down to 1 / (divide·final-divide). Smith and Topin 2018,
 * "Super-convergence"; the names and defaults are PyTorch's OneCycleLR's, whose cycling of the
 * momentum is not done.
 *
 * @param rise share of the steps in which the rate rises, above 0
 * @param divide how many times smaller the first rate is than the highest
 * @param finalDivide how many times smaller the last rate is than the first
 */
public record OneCycleSchedule(double rise, double divide, double finalDivide) implements Schedule {
  /** Reads {@code rise} (0.3), {@code divide} (25), {@code final-divide} (10⁴). */
  public static OneCycleSchedule from(Settings settings) {
    double rise = settings.within(1e-6, 1, "rise", 0.3);
    double divide = settings.within(1, 1e12, "divide", 25);
    double finalDivide = settings.within(1, 1e12, "final-divide", 1e4);
    settings.finish();
    return new OneCycleSchedule(rise, divide, finalDivide);
  }

  @Override
  public double factor(Position position) {
    double last = Math.max(1, position.total() - 1);
    double peak = Math.max(0, rise * position.total() - 1);
    double step = Math.min(last, (double) position.step());
    if (step <= peak) {
      return CosineSchedule.between(1 / divide, 1, peak == 0 ? 1 : step / peak);
    }
    return CosineSchedule.between(1, 1 / (divide * finalDivide), (step - peak) / (last - peak));
  }
}
