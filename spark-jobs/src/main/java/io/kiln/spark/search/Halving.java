package io.kiln.spark.search;

import io.kiln.spark.config.SweepConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous successive halving: Li and others, "A System for Massively Parallel Hyperparameter
 * Tuning", MLSys 2020, arXiv:1810.05934, algorithm 2, with early stopping rate 0.
 *
 * <p>Rungs lie at r, rη, rη², … epochs and at all of them. Whenever there is room, the topmost rung
 * is looked for from which a trial may be promoted: one that is among the best ⌊n/η⌋ of the n that
 * have reached it, and that has not been promoted yet. If there is none, a new trial begins at the
 * lowest rung. Nobody waits for a rung to be full. A failed trial counts at its rung, as the worst.
 */
final class Halving implements Strategy {
  private final Draws draws;
  private final int most;
  private final int reduction;
  private final int[] epochs;
  private final List<Map<String, Object>> trials = new ArrayList<>();
  private final List<List<Observation>> reached = new ArrayList<>();
  private final List<Set<Integer>> promoted = new ArrayList<>();

  /**
   * Nothing has begun.
   *
   * @param most trials
   * @param whole epochs of a whole trial
   */
  Halving(Draws draws, int most, SweepConfig.Halving how, int whole) {
    this.draws = draws;
    this.most = most;
    this.reduction = how.reduction();
    this.epochs = rungs(how, whole);
    for (int rung = 0; rung < epochs.length; rung++) {
      reached.add(new ArrayList<>());
      promoted.add(new HashSet<>());
    }
  }

  /** Epochs of each rung. */
  static int[] rungs(SweepConfig.Halving how, int whole) {
    List<Integer> rungs = new ArrayList<>();
    for (long rung = how.minEpochs(); rung < whole; rung *= how.reduction()) {
      rungs.add((int) rung);
    }
    rungs.add(whole);
    return rungs.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public @Nullable Suggestion suggest() {
    for (int rung = epochs.length - 2; rung >= 0; rung--) {
      Integer trial = promotable(rung);
      if (trial != null) {
        promoted.get(rung).add(trial);
        return suggestion(trial, rung + 1);
      }
    }
    Space.Point fresh = trials.size() < most ? draws.next() : null;
    if (fresh == null) {
      return null;
    }
    trials.add(fresh.values());
    return suggestion(trials.size() - 1, 0);
  }

  private Suggestion suggestion(int trial, int rung) {
    int until = rung == epochs.length - 1 ? Suggestion.WHOLE : epochs[rung];
    return new Suggestion(trial, trials.get(trial), until);
  }

  private @Nullable Integer promotable(int rung) {
    List<Observation> best = new ArrayList<>(reached.get(rung));
    best.sort(
        Comparator.comparingDouble((Observation one) -> -one.rank())
            .thenComparingInt(Observation::trial));
    for (Observation one : best.subList(0, best.size() / reduction)) {
      if (!promoted.get(rung).contains(one.trial()) && !Double.isNaN(one.merit())) {
        return one.trial();
      }
    }
    return null;
  }

  @Override
  public void observe(Observation what) {
    for (int rung = 0; rung < epochs.length; rung++) {
      if (epochs[rung] == what.epochs() || rung == epochs.length - 1) {
        reached.get(rung).add(what);
        return;
      }
    }
  }

  @Override
  public boolean isIndependent() {
    return false;
  }
}
