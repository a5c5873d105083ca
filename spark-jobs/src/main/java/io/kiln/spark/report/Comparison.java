package io.kiln.spark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Several runs side by side: what differs in their configurations, and in what came of them. */
public final class Comparison {
  /** What says nothing of the training itself. */
  private static final Set<String> ASIDE = Set.of("name");

  /** Runs whose steps are drawn: with more of them the page would be heavy. */
  private static final int MOST_BY_STEP = 6;

  /** Runs that are named beside the curves, too: of more, the table says which is which. */
  private static final int MOST_NAMED = 12;

  private final List<String> labels;
  private final List<RunReport> reports;
  private final List<String> keys;
  private final List<Map<String, String>> settings = new ArrayList<>();

  private Comparison(List<String> labels, List<RunReport> reports) {
    this.labels = List.copyOf(labels);
    this.reports = List.copyOf(reports);
    reports.forEach(report -> settings.add(flat(report.config())));
    Set<String> all = new LinkedHashSet<>();
    settings.forEach(each -> all.addAll(each.keySet()));
    all.removeAll(ASIDE);
    this.keys = all.stream().filter(this::differs).toList();
  }

  /**
   * A comparison.
   *
   * @param places folder of each run
   * @param reports of the runs, in the same order
   */
  public static Comparison of(List<String> places, List<RunReport> reports) {
    List<String> names = places.stream().map(Folders::name).toList();
    boolean distinct = Set.copyOf(names).size() == names.size();
    return new Comparison(distinct ? names : places, reports);
  }

  private boolean differs(String key) {
    return settings.stream().map(each -> each.get(key)).distinct().count() > 1;
  }

  private static Map<String, String> flat(Map<String, Object> config) {
    Map<String, String> flat = new LinkedHashMap<>();
    Settings.flat(config).forEach((key, value) -> flat.put(key, Page.value(value)));
    return flat;
  }

  /** A row a run. */
  public String table(TableFormat format) {
    return format.of(header(), rows());
  }

  private List<String> header() {
    List<String> header = new ArrayList<>(List.of("run", "status"));
    header.addAll(keys);
    header.addAll(
        List.of(
            "epochs",
            "train loss",
            "validation loss",
            "validation accuracy",
            "test",
            "parameters",
            "time"));
    return header;
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < reports.size(); i++) {
      RunReport report = reports.get(i);
      List<String> row =
          new ArrayList<>(List.of(labels.get(i), report.status().name().toLowerCase(Locale.ROOT)));
      for (String key : keys) {
        row.add(Objects.requireNonNullElse(settings.get(i).get(key), "–"));
      }
      RunReport.Epoch saved = Verdict.saved(report);
      row.add(String.valueOf(report.history().size()));
      row.add(saved == null ? "–" : Numbers.loss(saved.trainLoss()));
      row.add(saved == null ? "–" : Numbers.loss(saved.validationLoss()));
      row.add(saved == null ? "–" : Numbers.percent(saved.validationAccuracy()));
      row.add(report.test() == null ? "–" : RunList.result(report));
      row.add(report.model() == null ? "–" : Numbers.count(report.model().parameters()));
      row.add(
          Numbers.duration(
              report.timing() == null
                  ? report.history().stream().mapToDouble(RunReport.Epoch::seconds).sum()
                  : report.timing().total()));
      rows.add(row);
    }
    return rows;
  }

  private interface Column {
    @Nullable Double of(RunReport.Epoch epoch);
  }

  /** The page: curves in one plot, and the table. */
  public String html() {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("title", "Comparison of " + reports.size() + " runs");
    view.put("header", header());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (List<String> row : rows()) {
      rows.add(
          Map.of("run", rows.size(), "label", row.get(0), "cells", row.subList(1, row.size())));
    }
    view.put("rows", rows);
    view.put("few", rows.size() <= MOST_NAMED);
    view.put("accuracy", some(RunReport.Epoch::validationAccuracy));
    view.put("validated", some(RunReport.Epoch::validationLoss));
    List<Map<String, Object>> curves = new ArrayList<>();
    for (int i = 0; i < reports.size(); i++) {
      Map<String, Object> curve = new LinkedHashMap<>();
      curve.put("label", labels.get(i));
      List<RunReport.Epoch> history = reports.get(i).history();
      if (!history.isEmpty() && reports.size() <= MOST_BY_STEP) {
        RunReport.Epoch last = history.get(history.size() - 1);
        curve.put("steps", reports.get(i).steps());
        curve.put("per_epoch", (double) last.step() / last.epoch());
      }
      curve.put("train_loss", values(i, RunReport.Epoch::trainLoss));
      curve.put("validation_loss", values(i, RunReport.Epoch::validationLoss));
      curve.put("train_accuracy", values(i, RunReport.Epoch::trainAccuracy));
      curve.put("validation_accuracy", values(i, RunReport.Epoch::validationAccuracy));
      curves.add(curve);
    }
    return Page.render("compare", view, curves);
  }

  private boolean some(Column column) {
    return reports.stream()
        .flatMap(report -> report.history().stream())
        .anyMatch(epoch -> column.of(epoch) != null);
  }

  private List<@Nullable Double> values(int run, Column column) {
    Stream<RunReport.Epoch> history = reports.get(run).history().stream();
    List<@Nullable Double> values = new ArrayList<>();
    history.forEach(epoch -> values.add(column.of(epoch)));
    return values;
  }
}
