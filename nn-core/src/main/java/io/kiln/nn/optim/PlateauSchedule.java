package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;

/**
 * The rate is multiplied by {@code decay} when the validation loss has not become better for more
 * than {@code patience} epochs. The rules are those of PyTorch's ReduceLROnPlateau: better is below
 * best·(1 − threshold); after a reduction {@code cooldown} epochs do not count.
 *
 * <p>The factor is worked out anew from the losses of all epochs done, so nothing but the history
 * need be saved.
 *
 * @param decay factor each time
 * @param patience epochs without a better loss that are borne
 * @param threshold share by which a loss must be below the best
 * @param cooldown epochs after a reduction that do not count
 * @param least smallest factor
 */
public record PlateauSchedule(
    double decay, int patience, double threshold, int cooldown, double least) implements Schedule {
  /**
   * Reads {@code decay} (0.1), {@code patience} (10), {@code threshold} (10⁻⁴), {@code cooldown}
   * (0), {@code least} (0).
   */
  public static PlateauSchedule from(Settings settings) {
    double decay = settings.within(0, 1, "decay", 0.1);
    int patience = settings.atLeast(0, "patience", 10);
    double threshold = settings.within(0, 1, "threshold", 1e-4);
    int cooldown = settings.atLeast(0, "cooldown", 0);
    double least = settings.within(0, 1, "least", 0);
    settings.finish();
    return new PlateauSchedule(decay, patience, threshold, cooldown, least);
  }

  @Override
  public double factor(Position position) {
    double factor = 1;
    double best = Double.POSITIVE_INFINITY;
    int worse = 0;
    int cooling = 0;
    for (double loss : position.losses()) {
      boolean better = loss < best - threshold * Math.abs(best) || best == Double.POSITIVE_INFINITY;
      if (better && !Double.isNaN(loss)) {
        best = loss;
        worse = 0;
      } else {
        worse++;
      }
      if (cooling > 0) {
        cooling--;
        worse = 0;
      }
      if (worse > patience) {
        factor = Math.max(least, factor * decay);
        cooling = cooldown;
        worse = 0;
      }
    }
    return factor;
  }
}
