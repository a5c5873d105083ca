package io.kiln.spark.report;

import io.kiln.spark.report.RunReport.Baseline;
import io.kiln.spark.report.RunReport.Epoch;
import io.kiln.spark.report.RunReport.Executor;
import io.kiln.spark.report.RunReport.Score;
import io.kiln.spark.report.RunReport.Test;
import io.kiln.spark.report.RunReport.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run's numbers mean, in words: is it good, and what should be changed.
 *
 * @param level of the run as a whole
 * @param headline one sentence
 * @param findings the reasons, the most important first
 */
record Verdict(Level level, String headline, List<Finding> findings) {
  /** How good. */
  enum Level {
    GOOD,
    FAIR,
    BAD,
    BUSY;

    /** Its name in style sheets. */
    String style() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One reason. */
  record Finding(Level level, String text) {}

  /** Points of accuracy by which training may be ahead of validation. */
  private static final double OVERFIT = 0.05;

  /** Points of accuracy by which the saved weights may be behind the best. */
  private static final double BEHIND = 0.01;

  /** Part of the time that may go into talking, or into reading. */
  private static final double WASTE = 0.3;

  static Verdict of(RunReport report) {
    List<Finding> findings = new ArrayList<>();
    Epoch last = last(report);
    boolean diverged = last != null && !Double.isFinite(last.trainLoss());
    if (diverged) {
      findings.add(
          bad("The loss is not a number: lower optimizer.learning-rate, or clip gradients."));
    }
    learning(report, findings);
    test(report, findings);
    machines(report, findings);
    return switch (report.status()) {
      case FAILED ->
          new Verdict(
              Level.BAD,
              "Failed" + (report.error() == null ? "." : ": " + report.error()),
              findings);
      case RUNNING -> new Verdict(diverged ? Level.BAD : Level.BUSY, running(report), findings);
      case SUCCEEDED -> new Verdict(worst(findings), headline(report), findings);
    };
  }

  /** The epoch that is best in validation: by accuracy, else by loss; null before the first. */
  static @Nullable Epoch best(RunReport report) {
    Epoch best = null;
    for (Epoch epoch : report.history()) {
      if (Double.isFinite(merit(epoch)) && (best == null || merit(epoch) > merit(best))) {
        best = epoch;
      }
    }
    return best;
  }

  /**
   * The epoch whose weights the model has: the one the run says; before it says so, or of an older
   * Kiln, the last, or the best where early stopping puts the best back. Null before the first.
   */
  static @Nullable Epoch saved(RunReport report) {
    for (Epoch epoch : report.history()) {
      if (Integer.valueOf(epoch.epoch()).equals(report.savedEpoch())) {
        return epoch;
      }
    }
    boolean early =
        report.config().get("train") instanceof Map<?, ?> train
            && train.get("early-stopping") instanceof Map;
    return early ? best(report) : last(report);
  }

  private static double merit(Epoch epoch) {
    if (epoch.validationAccuracy() != null) {
      return epoch.validationAccuracy();
    }
    if (epoch.validationLoss() != null) {
      return -epoch.validationLoss();
    }
    return epoch.trainAccuracy() == null ? -epoch.trainLoss() : epoch.trainAccuracy();
  }

  private static @Nullable Epoch last(RunReport report) {
    List<Epoch> history = report.history();
    return history.isEmpty() ? null : history.get(history.size() - 1);
  }

  private static void learning(RunReport report, List<Finding> findings) {
    Epoch best = best(report);
    Epoch last = last(report);
    Epoch saved = saved(report);
    if (best == null || last == null || saved == null) {
      return;
    }
    Double train = saved.trainAccuracy();
    Double validation = saved.validationAccuracy();
    if (train != null && validation != null && train - validation <= OVERFIT) {
      boolean agrees = lostInTest(report) == 0;
      findings.add(
          new Finding(
              agrees ? Level.GOOD : Level.FAIR,
              (agrees ? "Validation agrees: " : "In validation: ")
                  + Numbers.percent(validation)
                  + " at epoch "
                  + saved.epoch()
                  + ", training "
                  + Numbers.percent(train)
                  + (agrees ? "; no sign of overfitting." : ".")));
    } else if (train != null && validation != null) {
      findings.add(
          fair(
              "It overfits: "
                  + Numbers.percent(train)
                  + " right in training, "
                  + Numbers.percent(validation)
                  + " in validation. More data, augmentation, dropout or weight decay help."));
    }
    Double most = best.validationAccuracy();
    if (most != null && validation != null && most - validation > BEHIND) {
      findings.add(
          fair(
              "Validation was best at epoch "
                  + best.epoch()
                  + " ("
                  + Numbers.percent(most)
                  + ") but the saved weights are those of epoch "
                  + saved.epoch()
                  + " ("
                  + Numbers.percent(validation)
                  + "): train.early-stopping keeps the best."));
    }
    int n = report.history().size();
    Epoch before = n > 1 ? report.history().get(n - 2) : null;
    Double now = last.validationLoss();
    Double then = before == null ? null : before.validationLoss();
    if (best.epoch() == last.epoch() && now != null && then != null && n > 2 && now < 0.98 * then) {
      findings.add(fair("It was still improving at the last epoch: more train.epochs may help."));
    }
    Epoch lowest = lowestValidationLoss(report);
    if (lowest != null
        && saved.validationLoss() != null
        && saved.epoch() - lowest.epoch() >= 3
        && saved.validationLoss() > 1.1 * loss(lowest)) {
      findings.add(
          fair(
              "The validation loss was lowest at epoch "
                  + lowest.epoch()
                  + " and has risen since: train.early-stopping would have ended it there."));
    }
  }

  private static double loss(Epoch epoch) {
    return epoch.validationLoss() == null ? epoch.trainLoss() : epoch.validationLoss();
  }

  private static @Nullable Epoch lowestValidationLoss(RunReport report) {
    Epoch lowest = null;
    for (Epoch epoch : report.history()) {
      if (Numbers.finite(epoch.validationLoss())
          && (lowest == null || loss(epoch) < loss(lowest))) {
        lowest = epoch;
      }
    }
    return lowest;
  }

  private static void test(RunReport report, List<Finding> findings) {
    Test test = report.test();
    if (test != null) {
      baseline(report.baseline(), test, findings);
    }
    if (test == null || test.accuracy() == null || test.confusion() == null) {
      return;
    }
    double accuracy = test.accuracy();
    int classes = test.confusion().size();
    if (classes > 1 && accuracy < 1.3 / classes) {
      findings.add(
          bad(
              "It is about as good as guessing among "
                  + classes
                  + " classes: check the labels and the learning rate."));
    }
    double lost = lostInTest(report);
    if (lost > 0) {
      findings.add(
          fair(
              String.format(
                  Locale.ROOT,
                  "The test set is %.1f points worse than validation: it may be drawn differently.",
                  100 * lost)));
    }
  }

  /** By how much the test is worse than the saved epoch's validation; 0 if chance explains it. */
  private static double lostInTest(RunReport report) {
    Test test = report.test();
    Epoch saved = saved(report);
    return test == null || saved == null ? 0 : lost(saved.validationAccuracy(), test);
  }

  /** By how much accuracy on a test set is worse than expected; 0 if chance explains it. */
  static double lost(@Nullable Double expected, Test test) {
    Double accuracy = test.accuracy();
    if (expected == null || accuracy == null) {
      return 0;
    }
    double lost = expected - accuracy;
    // the expected share was counted too, on about as many samples: errors add as squares
    double chance = Math.sqrt(2) * margin(accuracy, samples(test));
    return lost > Math.max(0.01, chance) ? lost : 0;
  }

  private static void baseline(@Nullable Baseline baseline, Test test, List<Finding> findings) {
    Score always = baseline == null ? null : baseline.test();
    if (baseline == null || always == null) {
      return;
    }
    Double share = always.accuracy();
    Double accuracy = test.accuracy();
    Double error = always.rmse();
    Double rmse = test.rmse();
    if (share != null && accuracy != null && accuracy - share < margin(accuracy, samples(test))) {
      findings.add(
          bad(
              "It is hardly better than always answering "
                  + baseline.answer()
                  + ", which is right for "
                  + Numbers.percent(share)
                  + " of the test samples."));
    } else if (error != null && rmse != null && rmse > 0.98 * error) {
      findings.add(
          bad(
              "It is hardly better than always answering "
                  + baseline.answer()
                  + ", which is off by "
                  + Numbers.loss(error)
                  + " (RMSE)."));
    }
  }

  private static void machines(RunReport report, List<Finding> findings) {
    for (Executor executor : report.environment().executors()) {
      String blas = executor.blas().toLowerCase(Locale.ROOT);
      if (blas.contains("(java)") || blas.contains("f2j")) {
        findings.add(
            fair(
                executor.host()
                    + " computes with "
                    + executor.blas()
                    + ", not with a native BLAS: 2 to 11 times slower."));
        break;
      }
    }
    Timing timing = report.timing();
    if (timing != null && timing.total() > 5) {
      share(
          "exchanging gradients",
          timing.communicate() / timing.total(),
          findings,
          "use fewer workers or a larger train.batch-size");
      share(
          "waiting for data",
          timing.data() / timing.total(),
          findings,
          "give more threads, or smaller files");
    }
    List<String> changes = report.recovery().notBitEqual();
    if (changes != null) {
      findings.add(
          fair(
              "It was resumed with changes, so it is not bit-equal to a run without a break: "
                  + String.join("; ", changes)
                  + "."));
    }
    Integer failedSaves = report.recovery().failedSaves();
    if (failedSaves != null) {
      findings.add(
          fair(
              "Saving failed "
                  + (failedSaves == 1 ? "once" : failedSaves + " times")
                  + ", the last time: "
                  + report.recovery().lastFailedSave()
                  + "."));
    }
    if (report.recovery().attempts() > 1) {
      findings.add(
          fair(
              "It was started "
                  + report.recovery().attempts()
                  + " times; "
                  + Numbers.count(report.recovery().lostSteps())
                  + " steps were done twice."));
    }
  }

  private static void share(String what, double share, List<Finding> findings, String advice) {
    if (share > WASTE) {
      findings.add(
          fair(
              String.format(
                  Locale.ROOT,
                  "%.0f %% of the time went into %s: %s.",
                  100 * share,
                  what,
                  advice)));
    }
  }

  private static String running(RunReport report) {
    Epoch last = last(report);
    if (last == null) {
      return "It has begun; no epoch is done yet.";
    }
    Double accuracy =
        last.validationAccuracy() == null ? last.trainAccuracy() : last.validationAccuracy();
    String now =
        accuracy == null
            ? "loss " + Numbers.loss(loss(last))
            : "accuracy " + Numbers.percent(accuracy);
    return "It runs: epoch " + last.epoch() + " is done, " + now + " now.";
  }

  private static String headline(RunReport report) {
    Test test = report.test();
    if (test != null && test.accuracy() != null) {
      return Numbers.percent(test.accuracy()) + " of the test samples are right.";
    }
    if (test != null && test.rmse() != null) {
      return "On the test set it is off by " + Numbers.loss(test.rmse()) + " (RMSE).";
    }
    if (test != null) {
      return "The loss on the test set is " + Numbers.loss(test.loss()) + ".";
    }
    Epoch saved = saved(report);
    if (saved == null) {
      return "It ended without an epoch.";
    }
    return saved.validationAccuracy() == null
        ? "The loss is " + Numbers.loss(loss(saved)) + " after epoch " + saved.epoch() + "."
        : Numbers.percent(saved.validationAccuracy())
            + " of the validation samples are right after epoch "
            + saved.epoch()
            + ".";
  }

  /** Number of samples that were tested. */
  static long samples(Test test) {
    return test.confusion() == null
        ? 0
        : test.confusion().stream().flatMap(List::stream).mapToLong(Long::longValue).sum();
  }

  /** Half of the 95 % confidence interval of an accuracy (normal approximation); 0 if unknown. */
  static double margin(double accuracy, long samples) {
    return samples == 0 ? 0 : 1.96 * Math.sqrt(accuracy * (1 - accuracy) / samples);
  }

  private static Level worst(List<Finding> findings) {
    Level worst = Level.GOOD;
    for (Finding finding : findings) {
      if (finding.level().compareTo(worst) > 0) {
        worst = finding.level();
      }
    }
    return worst;
  }

  private static Finding fair(String text) {
    return new Finding(Level.FAIR, text);
  }

  private static Finding bad(String text) {
    return new Finding(Level.BAD, text);
  }
}
