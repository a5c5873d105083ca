package io.kiln.spark.report;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The runs and sweeps below a place, newest first. What is inside a run or a sweep is its own. */
public final class RunList {
  private static final int DEEPEST = 6;

  private RunList() {}

  /**
   * One run or sweep.
   *
   * @param path its folder
   * @param kind {@code run} or {@code sweep}
   * @param name of its configuration
   * @param status whether it runs, or how it ended
   * @param started ISO 8601, UTC
   * @param size epochs, or trials
   * @param result in a few words
   * @param seconds it took, NaN if that is not known
   */
  public record Entry(
      String path,
      String kind,
      String name,
      String status,
      String started,
      int size,
      String result,
      double seconds) {}

  /**
   * Looks.
   *
   * @param notes takes a line for each report that cannot be read
   * @throws java.nio.file.NoSuchFileException if the place does not exist
   */
  public static List<Entry> below(Storage storage, String place, List<String> notes)
      throws IOException {
    String plain =
        place.length() > 1 && place.endsWith("/") ? place.substring(0, place.length() - 1) : place;
    List<Entry> found = new ArrayList<>();
    look(storage, plain, storage.list(plain), 0, found, notes);
    found.sort(Comparator.comparing(Entry::started).reversed().thenComparing(Entry::path));
    return found;
  }

  /** The entries as a table. */
  public static String table(List<Entry> entries, TableFormat format) {
    List<List<String>> rows = new ArrayList<>();
    for (Entry one : entries) {
      rows.add(
          List.of(
              one.path(),
              one.kind(),
              one.started().replace('T', ' ').replaceAll("(\\.\\d+)?Z$", ""),
              one.status(),
              Numbers.counted(one.size(), one.kind().equals("run") ? "epoch" : "trial"),
              one.result(),
              Double.isFinite(one.seconds()) ? Numbers.duration(one.seconds()) : ""));
    }
    return format.of(
        List.of("folder", "kind", "started (UTC)", "status", "size", "result", "time"), rows);
  }

  private static void look(
      Storage storage,
      String folder,
      List<Storage.Entry> entries,
      int depth,
      List<Entry> found,
      List<String> notes)
      throws IOException {
    boolean sweep = has(entries, SweepFolder.REPORT);
    if (sweep || has(entries, RunFolder.REPORT)) {
      try {
        found.add(
            sweep
                ? entry(folder, SweepFolder.read(storage, folder))
                : entry(folder, RunFolder.read(storage, folder)));
      } catch (FormatException e) {
        notes.add(String.valueOf(e.getMessage()));
      }
      return;
    }
    for (Storage.Entry entry : entries) {
      if (entry.folder() && depth < DEEPEST && !entry.name().startsWith(".")) {
        String child = folder + "/" + entry.name();
        look(storage, child, storage.list(child), depth + 1, found, notes);
      }
    }
  }

  private static boolean has(List<Storage.Entry> entries, String file) {
    return entries.stream().anyMatch(entry -> !entry.folder() && entry.name().equals(file));
  }

  private static Entry entry(String folder, RunReport report) {
    return new Entry(
        folder,
        "run",
        report.name(),
        report.status().name().toLowerCase(Locale.ROOT),
        report.started(),
        report.history().size(),
        result(report),
        report.timing() == null
            ? report.history().stream().mapToDouble(RunReport.Epoch::seconds).sum()
            : report.timing().total());
  }

  private static Entry entry(String folder, SweepReport report) {
    Ranking ranking = Ranking.of(report);
    SweepReport.Trial best = ranking.best();
    RunReport.Test test = report.test();
    return new Entry(
        folder,
        "sweep",
        report.name(),
        report.status().name().toLowerCase(Locale.ROOT),
        report.started(),
        report.trials().size(),
        test != null ? tested(test) : best == null ? "" : ranking.describe(best),
        report.seconds() == null ? Double.NaN : report.seconds());
  }

  /** The test, or the validation as far as it is known. */
  static String result(RunReport report) {
    RunReport.Test test = report.test();
    if (test != null) {
      return tested(test);
    }
    RunReport.Epoch best = Verdict.best(report);
    if (best == null) {
      return "";
    }
    @Nullable Double accuracy = best.validationAccuracy();
    return accuracy != null
        ? "validation " + Numbers.percent(accuracy)
        : best.validationLoss() != null
            ? "validation loss " + Numbers.loss(best.validationLoss())
            : "train loss " + Numbers.loss(best.trainLoss());
  }

  private static String tested(RunReport.Test test) {
    List<Double> bleu = test.bleu();
    if (bleu != null) {
      return "BLEU " + Numbers.scores(bleu);
    }
    return test.accuracy() != null
        ? "test " + Numbers.percent(test.accuracy())
        : test.rmse() != null
            ? "test RMSE " + Numbers.loss(test.rmse())
            : "test loss " + Numbers.loss(test.loss());
  }
}
