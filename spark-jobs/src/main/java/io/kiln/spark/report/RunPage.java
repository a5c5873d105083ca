package io.kiln.spark.report;

import io.kiln.spark.report.RunReport.Data;
import io.kiln.spark.report.RunReport.Epoch;
import io.kiln.spark.report.RunReport.Layer;
import io.kiln.spark.report.RunReport.Model;
import io.kiln.spark.report.RunReport.Status;
import io.kiln.spark.report.RunReport.Test;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code report.html}: a run at a glance, then in detail. */
public final class RunPage {
  private static final int MOST_OPEN_EPOCHS = 12;

  private RunPage() {}

  /** The page of a report. */
  public static String html(RunReport report) {
    Verdict verdict = Verdict.of(report);
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("title", report.name() + " – Kiln run");
    view.put("name", report.name());
    view.put("subtitle", subtitle(report));
    view.put("status", report.status().name().toLowerCase(Locale.ROOT));
    view.put("statusLevel", statusLevel(report.status()).style());
    view.put("level", verdict.level().style());
    view.put("headline", verdict.headline());
    view.put("hasFindings", !verdict.findings().isEmpty());
    view.put(
        "findings",
        verdict.findings().stream()
            .map(finding -> Map.of("level", finding.level().style(), "text", finding.text()))
            .toList());
    view.put("tiles", tiles(report));
    view.put("classification", classification(report));
    view.put("hasHistory", !report.history().isEmpty());
    view.put("openHistory", report.history().size() <= MOST_OPEN_EPOCHS ? "open" : "");
    view.put("epochs", epochs(report));
    Test test = report.test();
    Data data = report.data();
    view.put(
        "confusion",
        test == null || test.confusion() == null
            ? false
            : ConfusionView.of(
                test.confusion(), data == null ? null : data.classNames(), report.answers()));
    view.put("answers", AnswersView.of(report.answers()));
    view.put("layerLooks", LayersView.of(report.layers()));
    view.put("running", report.status() == Status.RUNNING);
    view.put("low", classification(report) ? "low" : "");
    boolean byStep = report.steps() != null && report.steps().step().size() > 1;
    view.put("byStep", byStep);
    view.put("speedTitle", byStep ? "Where the time of a step goes" : "Samples per second");
    view.put("lossLabel", label("Loss", report, Epoch::trainLoss, Epoch::validationLoss, false));
    view.put(
        "accuracyLabel",
        label("Accuracy", report, Epoch::trainAccuracy, Epoch::validationAccuracy, true));
    view.put("model", report.model() == null ? false : model(report.model()));
    view.put("time", report.timing() == null ? false : TimeView.of(report.timing()));
    view.put("facts", facts(report));
    view.put("hasExecutors", !report.environment().executors().isEmpty());
    view.put("executors", report.environment().executors());
    List<String> notes = data == null || data.notes() == null ? List.of() : data.notes();
    view.put("hasNotes", !notes.isEmpty());
    view.put("notes", notes);
    view.put("config", Page.yaml(report.config()));
    view.put("environment", environment(report));
    view.put("kiln", report.environment().kiln());
    Epoch best = Verdict.best(report);
    Map<String, Object> charts = new LinkedHashMap<>();
    charts.put("history", report.history());
    charts.put("steps", report.steps());
    charts.put("answers", drawn(report.answers()));
    charts.put("layers", LayersView.drawn(report.layers()));
    charts.put("best", best == null ? 0 : best.epoch());
    return Page.render("run", view, charts);
  }

  /** What the script draws of answers: the rest is in the page already. */
  private static @Nullable AnswerReport drawn(@Nullable AnswerReport answers) {
    return answers == null
        ? null
        : new AnswerReport(
            answers.on(),
            answers.scores(),
            null,
            null,
            answers.calibration(),
            List.of(),
            List.of(),
            null,
            answers.pairs());
  }

  /** A chart in words, for those who do not see it. */
  private static String label(
      String what,
      RunReport report,
      Function<Epoch, @Nullable Double> train,
      Function<Epoch, @Nullable Double> validation,
      boolean percent) {
    List<Epoch> history = report.history();
    if (history.isEmpty()) {
      return what;
    }
    Epoch first = history.get(0);
    Epoch last = history.get(history.size() - 1);
    Function<Epoch, String> trained = epoch -> text(train.apply(epoch), percent);
    Function<Epoch, String> validated = epoch -> text(validation.apply(epoch), percent);
    String line =
        what
            + " over "
            + Numbers.counted(history.size(), "epoch")
            + ": training from "
            + trained.apply(first)
            + " to "
            + trained.apply(last);
    return validation.apply(last) == null
        ? line
        : line + ", validation from " + validated.apply(first) + " to " + validated.apply(last);
  }

  private static String text(@Nullable Double value, boolean percent) {
    return percent ? Numbers.percent(value) : Numbers.loss(value);
  }

  /** Software and machines in lines to copy. */
  private static String environment(RunReport report) {
    RunReport.Environment environment = report.environment();
    StringBuilder text = new StringBuilder();
    text.append("kiln: ").append(environment.kiln()).append('\n');
    text.append("spark: ").append(environment.spark()).append('\n');
    text.append("java: ").append(environment.java()).append('\n');
    text.append("workers: ").append(environment.workers());
    for (RunReport.Executor executor : environment.executors()) {
      text.append('\n').append("executor: ").append(executor.host());
      text.append(", ").append(executor.threads());
      text.append(executor.threads() == 1 ? " thread, " : " threads, ").append(executor.blas());
    }
    Data data = report.data();
    if (data != null) {
      text.append('\n').append("data: ").append(data.fingerprint());
    }
    if (report.weightsSha256() != null) {
      text.append('\n').append("weights: ").append(report.weightsSha256());
    }
    return text.toString();
  }

  private static Verdict.Level statusLevel(Status status) {
    return switch (status) {
      case RUNNING -> Verdict.Level.BUSY;
      case SUCCEEDED -> Verdict.Level.GOOD;
      case FAILED -> Verdict.Level.BAD;
    };
  }

  private static boolean classification(RunReport report) {
    return report.history().stream()
        .anyMatch(epoch -> epoch.trainAccuracy() != null || epoch.validationAccuracy() != null);
  }

  private static String subtitle(RunReport report) {
    List<String> parts = new ArrayList<>();
    parts.add(report.runId());
    parts.add(report.started().replace('T', ' ').replaceAll("(\\.\\d+)?Z$", " UTC"));
    int workers = report.environment().workers();
    if (workers > 0) {
      parts.add(workers + (workers == 1 ? " worker" : " workers"));
    }
    return String.join(" · ", parts);
  }

  /** Workers of each attempt, if they were not always as many. */
  private static String sizes(RunReport report) {
    List<Integer> workers = report.recovery().workers();
    if (workers == null || workers.stream().distinct().count() < 2) {
      return "";
    }
    List<String> texts = workers.stream().map(String::valueOf).toList();
    return " by " + String.join(", ", texts) + " workers";
  }

  private static List<Map<String, Object>> tiles(RunReport report) {
    List<Map<String, Object>> tiles = new ArrayList<>();
    Test test = report.test();
    Epoch best = Verdict.best(report);
    Epoch saved = Verdict.saved(report);
    List<Epoch> history = report.history();
    Epoch last = history.isEmpty() ? null : history.get(history.size() - 1);
    if (test != null && test.accuracy() != null) {
      double margin = Verdict.margin(test.accuracy(), Verdict.samples(test));
      tiles.add(
          tile(
              "first",
              "Test accuracy",
              Numbers.percent(test.accuracy()),
              (margin > 0
                      ? String.format(Locale.ROOT, "± %.2f points (95 %%)", 100 * margin)
                      : "loss " + Numbers.loss(test.loss()))
                  + BaselineText.beside(report.baseline())));
    } else if (test != null) {
      boolean rmse = test.rmse() != null;
      tiles.add(
          tile(
              "first",
              rmse ? "Test RMSE" : "Test loss",
              Numbers.loss(rmse ? test.rmse() : Double.valueOf(test.loss())),
              rmse ? BaselineText.errors(test) + BaselineText.beside(report.baseline()) : ""));
    }
    if (test != null && test.bleu() != null) {
      tiles.add(tile("", "BLEU-1 … 4", Numbers.scores(test.bleu()), "test set, likeliest words"));
    }
    if (best != null && saved != null && (saved.validationLoss() != null || !saved.equals(last))) {
      boolean accuracy = saved.validationAccuracy() != null;
      boolean validated = saved.validationLoss() != null;
      tiles.add(
          tile(
              "",
              (validated ? "Validation " : "Training ") + (accuracy ? "accuracy" : "loss"),
              accuracy
                  ? Numbers.percent(saved.validationAccuracy())
                  : Numbers.loss(
                      validated ? saved.validationLoss() : Double.valueOf(saved.trainLoss())),
              "epoch "
                  + saved.epoch()
                  + " of "
                  + history.size()
                  + (best.epoch() == saved.epoch()
                      ? ", the best"
                      : "; best: epoch " + best.epoch())));
    }
    if (last != null) {
      tiles.add(
          tile(
              "",
              "Training loss",
              Numbers.loss(last.trainLoss()),
              last.trainAccuracy() == null
                  ? "last epoch"
                  : "accuracy " + Numbers.percent(last.trainAccuracy())));
      tiles.add(tile("", "Speed", Numbers.rate(speed(history)), "samples per second"));
    }
    double seconds =
        report.timing() == null
            ? history.stream().mapToDouble(Epoch::seconds).sum()
            : report.timing().total();
    if (seconds > 0) {
      tiles.add(
          tile("", "Time", Numbers.duration(seconds), Numbers.counted(history.size(), "epoch")));
    }
    if (report.model() != null) {
      tiles.add(
          tile(
              "",
              "Parameters",
              Numbers.magnitude((double) report.model().parameters()),
              report.model().layers().size() + " layers"));
    }
    return tiles;
  }

  /** The median: the first epoch warms up, and one may have met a checkpoint. */
  static double speed(List<Epoch> history) {
    double[] sorted = history.stream().mapToDouble(Epoch::samplesPerSecond).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static Map<String, Object> tile(String kind, String label, String value, String note) {
    return Page.tile(kind, label, value, note);
  }

  private static List<Map<String, Object>> epochs(RunReport report) {
    Epoch best = Verdict.best(report);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Epoch epoch : report.history()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("kind", best != null && best.epoch() == epoch.epoch() ? "best" : "");
      row.put("epoch", epoch.epoch());
      row.put("step", Numbers.count(epoch.step()));
      row.put("trainLoss", Numbers.loss(epoch.trainLoss()));
      row.put("trainAccuracy", Numbers.percent(epoch.trainAccuracy()));
      row.put("validationLoss", Numbers.loss(epoch.validationLoss()));
      row.put("validationAccuracy", Numbers.percent(epoch.validationAccuracy()));
      row.put("learningRate", Numbers.setting(epoch.learningRate()));
      row.put("seconds", Numbers.duration(epoch.seconds()));
      row.put("speed", Numbers.rate(epoch.samplesPerSecond()));
      rows.add(row);
    }
    return rows;
  }

  private static Map<String, Object> model(Model model) {
    double work = 0;
    double forward = 0;
    for (Layer layer : model.layers()) {
      forward += layer.forwardFlops();
      work += layer.forwardFlops() + (double) layer.backwardFlops();
    }
    List<Map<String, Object>> layers = new ArrayList<>();
    for (Layer layer : model.layers()) {
      double its = layer.forwardFlops() + (double) layer.backwardFlops();
      layers.add(
          Map.of(
              "name", layer.name(),
              "type", layer.type(),
              "shape",
                  layer.outputShape().stream()
                      .map(String::valueOf)
                      .collect(Collectors.joining(" × ")),
              "parameters", Numbers.count(layer.parameters()),
              "forward", Numbers.magnitude((double) layer.forwardFlops()),
              "backward", Numbers.magnitude((double) layer.backwardFlops()),
              "share", Page.width(its, work)));
    }
    return Map.of(
        "layers", layers,
        "parameters", Numbers.count(model.parameters()),
        "forward", Numbers.magnitude(forward),
        "backward", Numbers.magnitude(work - forward));
  }

  private static @Nullable String placement(Data data) {
    List<Long> read = data.bytesRead();
    if (data.placement() == null || read == null) {
      return data.placement();
    }
    List<String> each = read.stream().map(Numbers::count).toList();
    return data.placement() + "; bytes read by each worker: " + String.join(", ", each);
  }

  private static List<Map<String, Object>> facts(RunReport report) {
    List<Map<String, Object>> facts = new ArrayList<>();
    Data data = report.data();
    if (data != null) {
      if (data.trainCount() > 0) {
        fact(facts, "Training samples", Numbers.count(data.trainCount()), "");
        fact(facts, "Validation samples", Numbers.count(data.validationCount()), "");
      }
      fact(facts, "Test samples", Numbers.count(data.testCount()), "");
      fact(facts, "Data fingerprint", data.fingerprint(), "mono");
      fact(facts, "Data placement", placement(data), "");
    }
    if (report.baseline() != null) {
      fact(facts, "Baseline", BaselineText.of(report.baseline()), "");
    }
    fact(facts, "Weights SHA-256", report.weightsSha256(), "mono");
    int attempts = report.recovery().attempts();
    fact(
        facts,
        "Recovery",
        attempts <= 1
            ? "one attempt, nothing lost"
            : attempts
                + " attempts"
                + sizes(report)
                + ", "
                + report.recovery().lostSteps()
                + " steps done twice",
        "");
    List<String> changes = report.recovery().notBitEqual();
    if (changes != null) {
      fact(facts, "Not bit-equal", String.join("; ", changes), "");
    }
    fact(facts, "Kiln", report.environment().kiln(), "");
    fact(facts, "Spark", report.environment().spark(), "");
    fact(facts, "Java", report.environment().java(), "");
    return facts;
  }

  private static void fact(
      List<Map<String, Object>> facts, String label, @Nullable String value, String kind) {
    if (value != null && !value.isEmpty()) {
      facts.add(Map.of("label", label, "value", value, "kind", kind));
    }
  }
}
