package io.kiln.spark.sweep;

import io.kiln.spark.config.SweepConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How much of a sweep is done and how much is left, in the unit that trials are estimated in. A
 * trial that is not suggested yet costs as much as those that are do on average, and with
 * successive halving as much of that as one is expected to be trained. Not thread-safe.
 */
final class SweepWork {
  private final TrialBook book;
  private final SweepConfig sweep;
  private final Packing packing;
  private final int most;
  private final double expected;
  private final boolean halves;
  private final Map<Integer, Double> costs = new HashMap<>();

  /**
   * The work of a sweep.
   *
   * @param rungs epochs at which trials are compared; empty where they are not
   * @param most trials there can be
   */
  SweepWork(TrialBook book, SweepConfig sweep, int[] rungs, int most, Packing packing) {
    this.book = book;
    this.sweep = sweep;
    this.packing = packing;
    this.most = most;
    this.halves = rungs.length > 1;
    this.expected = halves ? expected(rungs, sweep.halving().reduction()) : 1;
  }

  /** The share of a trial that one is expected to be trained. */
  static double expected(int[] rungs, int reduction) {
    double epochs = 0;
    double going = 1;
    int before = 0;
    for (int rung : rungs) {
      epochs += going * (rung - before);
      going /= reduction;
      before = rung;
    }
    return epochs / before;
  }

  /**
   * Where the work stands.
   *
   * @param done so far, by all drivers
   * @param underWay what is left of the trials that were suggested
   * @param left all that is left
   */
  record Standing(double done, double underWay, double left) {}

  /** Where it stands now. */
  Standing look(Function<Integer, Double> running) {
    double sum = 0;
    double done = 0;
    double planned = 0;
    List<TrialBook.Standing> trials = book.standings(packing::epochs);
    for (TrialBook.Standing trial : trials) {
      double cost =
          costs.computeIfAbsent(
              trial.number(), fresh -> packing.work().applyAsDouble(trial.values()));
      double epochs = (double) sweep.fits() * packing.epochs(trial.values());
      double its = Math.max(trial.epochs(), trial.planned()) / epochs;
      sum += cost;
      done += cost * Math.min(its, trial.epochs() / epochs + running.apply(trial.number()));
      planned += cost * its;
    }
    double underWay = Math.max(0, planned - done);
    if (trials.isEmpty() || book.isClosed()) {
      return new Standing(done, underWay, underWay);
    }
    double mean = sum / trials.size();
    double all = planned + mean * expected * Math.max(0, most - trials.size());
    if (halves) {
      all = Math.max(all, mean * expected * most); // some of those that rest go on
    }
    int budget = sweep.budget().epochs();
    if (budget > 0) {
      double perEpoch = planned / Math.max(1, book.epochsPlanned(packing::epochs));
      all = Math.min(all, Math.max(planned, perEpoch * budget));
    }
    return new Standing(done, underWay, Math.max(0, all - done));
  }
}
