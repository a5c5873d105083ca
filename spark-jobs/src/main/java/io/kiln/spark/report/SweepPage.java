package io.kiln.spark.report;

import io.kiln.spark.report.RunReport.Status;
import io.kiln.spark.report.RunReport.Test;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code sweep.html}: which settings are best, and how the trials ran. */
public final class SweepPage {
  private static final int MOST_CURVES = 200;

  private SweepPage() {}

  /** The page of a report. */
  public static String html(SweepReport report) {
    Ranking ranking = Ranking.of(report);
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("title", report.name() + " – Kiln sweep");
    view.put("name", report.name());
    view.put(
        "subtitle",
        report.trials().size()
            + " trials · "
            + report.started().replace('T', ' ').replaceAll("(\\.\\d+)?Z$", " UTC"));
    view.put("status", report.status().name().toLowerCase(Locale.ROOT));
    Verdict.Level level =
        switch (report.status()) {
          case RUNNING -> Verdict.Level.BUSY;
          case SUCCEEDED -> Verdict.Level.GOOD;
          case FAILED -> Verdict.Level.BAD;
        };
    List<Map<String, Object>> findings = findings(report, ranking);
    view.put("statusLevel", level.style());
    view.put(
        "level",
        level == Verdict.Level.GOOD
                && (ranking.worseInTest() != null
                    || 4 * count(report, TrialStatus.FAILED) > report.trials().size())
            ? Verdict.Level.FAIR.style()
            : level.style());
    view.put("headline", headline(report, ranking));
    view.put("hasFindings", !findings.isEmpty());
    view.put("findings", findings);
    view.put("tiles", tiles(report, ranking));
    view.put("metric", ranking.accuracy() ? "accuracy" : "loss");
    view.put("metricName", ranking.metricName());
    view.put("hasTrials", !report.trials().isEmpty());
    view.put("keys", ranking.keys());
    view.put("trials", SweepView.trials(ranking));
    view.put("axes", SweepView.axes(ranking));
    Map<String, Double> importance = Importance.of(ranking);
    view.put("heat", HeatView.of(ranking, importance));
    view.put("importance", importance == null ? false : importance(importance));
    List<SweepView.Scatter> scatters = SweepView.scatters(ranking);
    view.put("scatters", scatters);
    view.put("running", report.status() == Status.RUNNING);
    view.put("parallel", ParallelView.of(ranking));
    view.put("gantt", GanttView.of(ranking));
    view.put("config", Page.yaml(report.config()));
    List<Map<String, Object>> curves = curves(ranking);
    view.put("hasCurves", !curves.isEmpty());
    return Page.render(
        "sweep",
        view,
        Map.of(
            "curves",
            curves,
            "scatters",
            scatters,
            "metric",
            ranking.metricName(),
            "accuracy",
            ranking.accuracy()));
  }

  private static String headline(SweepReport report, Ranking ranking) {
    if (report.status() == Status.FAILED) {
      return "Failed" + (report.error() == null ? "." : ": " + report.error());
    }
    Trial best = ranking.best();
    if (best == null) {
      return "No trial is done yet.";
    }
    return (report.status() == Status.RUNNING ? "Best so far: " : "Best: ")
        + ranking.describe(best)
        + " – "
        + ranking.text(ranking.value(best))
        + " "
        + ranking.metricName()
        + ".";
  }

  private static List<Map<String, Object>> findings(SweepReport report, Ranking ranking) {
    List<Map<String, Object>> findings = new ArrayList<>();
    long failed = count(report, TrialStatus.FAILED);
    if (failed > 0) {
      finding(
          findings,
          Verdict.Level.FAIR,
          failed + " of " + report.trials().size() + " trials failed; see the table.");
    }
    String worse = ranking.worseInTest();
    if (worse != null) {
      finding(findings, Verdict.Level.FAIR, worse);
    }
    SweepReport.Search search = report.search();
    if (search != null && search.ended() != null) {
      finding(findings, Verdict.Level.GOOD, "No more trials were begun: " + search.ended() + ".");
    }
    Trial cheaper = ranking.cheaper();
    Trial best = ranking.best();
    if (cheaper != null && best != null) {
      finding(
          findings,
          Verdict.Level.GOOD,
          "Nearly as good and quicker: "
              + ranking.describe(cheaper)
              + " – "
              + ranking.text(ranking.value(cheaper))
              + " in "
              + Numbers.duration(cheaper.seconds())
              + " instead of "
              + Numbers.duration(best.seconds())
              + ".");
    }
    for (String edge : ranking.edges()) {
      finding(
          findings,
          Verdict.Level.FAIR,
          "The best " + edge + " is at the end of what was tried: try further.");
    }
    Double utilization = report.slotUtilization();
    if (utilization != null && utilization < 0.6 && report.status() != Status.RUNNING) {
      finding(
          findings,
          Verdict.Level.FAIR,
          String.format(
              Locale.ROOT,
              "The slots were busy for %.0f %% of the time: more trials at a time, or shorter ones,"
                  + " would use them better.",
              100 * utilization));
    }
    return findings;
  }

  private static void finding(
      List<Map<String, Object>> findings, Verdict.Level level, String text) {
    findings.add(Map.of("level", level.style(), "text", text));
  }

  private static long count(SweepReport report, TrialStatus status) {
    return report.trials().stream().filter(trial -> trial.status() == status).count();
  }

  private static List<Map<String, Object>> tiles(SweepReport report, Ranking ranking) {
    List<Map<String, Object>> tiles = new ArrayList<>();
    Test test = report.test();
    if (test != null) {
      tiles.add(
          tile(
              "first",
              test.accuracy() == null ? "Test loss of the best" : "Test accuracy of the best",
              test.accuracy() == null
                  ? Numbers.loss(test.loss())
                  : Numbers.percent(test.accuracy()),
              "retrained, tested once"));
    }
    Trial best = ranking.best();
    if (best != null) {
      Trial worst = ranking.worst();
      tiles.add(
          tile(
              test == null ? "first" : "",
              "Best " + ranking.metricName(),
              ranking.text(ranking.value(best)),
              worst == null ? best.id() : "worst " + ranking.text(ranking.value(worst))));
    }
    long done = count(report, TrialStatus.SUCCEEDED);
    long stopped = count(report, TrialStatus.STOPPED);
    long failed = count(report, TrialStatus.FAILED);
    tiles.add(
        tile(
            "",
            "Trials",
            done + stopped + failed + " / " + report.trials().size(),
            stopped + " stopped early, " + failed + " failed"));
    if (report.slotUtilization() != null) {
      tiles.add(
          tile(
              "",
              "Slots busy",
              String.format(Locale.ROOT, "%.0f %%", 100 * report.slotUtilization()),
              "of their time"));
    }
    SweepReport.Search search = report.search();
    if (search != null && search.epochs() > 0) {
      tiles.add(
          tile("", "Epochs", Numbers.count(search.epochs()), search.strategy() + ", all trials"));
    }
    SweepReport.Ensemble ensemble = report.ensemble();
    if (ensemble != null) {
      Test together = ensemble.test();
      tiles.add(
          tile(
              "",
              "Ensemble",
              together.accuracy() == null
                  ? Numbers.loss(together.loss())
                  : Numbers.percent(together.accuracy()),
              "the " + ensemble.trials().size() + " best together, on the test set"));
    }
    double work = report.trials().stream().mapToDouble(Trial::seconds).sum();
    Double seconds = report.seconds();
    if (seconds != null) {
      tiles.add(
          tile("", "Time", Numbers.duration(seconds), Numbers.duration(work) + " in all trials"));
    } else {
      tiles.add(tile("", "Time in trials", Numbers.duration(work), "all together"));
    }
    return tiles;
  }

  private static Map<String, Object> tile(String kind, String label, String value, String note) {
    return Page.tile(kind, label, value, note);
  }

  /** Shares as bars, the greatest first, and what no key explains alone. */
  private static Map<String, Object> importance(Map<String, Double> shares) {
    List<Map<String, Object>> bars = new ArrayList<>();
    shares.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(share -> bars.add(bar(share.getKey(), share.getValue())));
    double rest = 1 - shares.values().stream().mapToDouble(Double::doubleValue).sum();
    if (shares.size() > 1) {
      bars.add(bar("several together", Math.max(0, rest)));
    }
    return Map.of("bars", bars);
  }

  private static Map<String, Object> bar(String key, double share) {
    return Map.of(
        "key",
        key,
        "share",
        String.format(Locale.ROOT, "%.1f %%", 100 * share),
        "width",
        Page.width(share, 1));
  }

  private static List<Map<String, Object>> curves(Ranking ranking) {
    List<Map<String, Object>> curves = new ArrayList<>();
    for (Trial trial : ranking.ranked()) {
      List<Double> curve = trial.curve();
      if (curve != null && !curve.isEmpty() && curves.size() < MOST_CURVES) {
        Double value = ranking.value(trial);
        List<SweepReport.Rung> rungs = trial.rungs() == null ? List.of() : trial.rungs();
        curves.add(
            Map.of(
                "rungs",
                rungs.stream().map(SweepReport.Rung::epochs).toList(),
                "title",
                trial.id() + ": " + ranking.describe(trial),
                "values",
                curve,
                "kind",
                trial.id().equals(ranking.bestId())
                    ? "best"
                    : ParallelView.rank(ranking.share(value)),
                "end",
                trial.status().name().toLowerCase(Locale.ROOT)));
      }
    }
    return curves;
  }
}
