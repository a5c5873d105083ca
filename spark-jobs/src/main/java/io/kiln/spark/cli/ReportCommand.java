package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.Storage;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.place.Places;
import io.kiln.spark.report.Comparison;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunPage;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.Summary;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepPage;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.TableFormat;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kiln report}: reads a run's or a sweep's JSON; needs no Spark. */
@Command(
    name = "report",
    description = "Prints the summary of a run or a sweep, or compares several runs.",
    footer = {
      "",
      "kiln report runs/mine",
      "kiln report hdfs:/runs/mine --html mine.html",
      "kiln report runs/plain runs/momentum --format md --html compared.html"
    })
public final class ReportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "URI",
      arity = "1..*",
      description =
          "Folder of a run or a sweep, or its report.json or sweep.json; several are compared (of a"
              + " sweep its best run).")
  private List<String> places = List.of();

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Render the page again, or one of several runs, into this local file.")
  private @Nullable Path html;

  @Option(
      names = "--format",
      paramLabel = "F",
      description =
          "text (the default), or md, latex or csv: epochs of a run, trials of a sweep, a row for"
              + " each of several runs; or json.")
  private @Nullable String format;

  @Override
  public Integer call() throws IOException {
    TableFormat form = LsCommand.format(format);
    Configuration hadoop = new Configuration();
    Storage storage = new HadoopStorage(hadoop);
    Places known = new Places(hadoop, false);
    List<String> resolved = places.stream().map(each -> known.resolved("report", each)).toList();
    String place = resolved.get(0);
    String text;
    String page;
    if (resolved.size() > 1) {
      Comparison comparison = compared(storage, resolved);
      text = comparison.table(form);
      page = html == null ? "" : comparison.html();
    } else if (sweep(storage, place)) {
      SweepReport report = SweepFolder.read(storage, place);
      text = Summary.of(report, form);
      page = html == null ? "" : SweepPage.html(report);
    } else {
      RunReport report = RunFolder.read(storage, place);
      text = Summary.of(report, form);
      page = html == null ? "" : RunPage.html(report);
    }
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    out.print(text);
    if (html != null) {
      try {
        Files.writeString(html, page);
      } catch (IOException e) {
        throw unwritable(html, e);
      }
      if (form == TableFormat.TEXT) {
        out.println("\nwritten: " + html);
      }
    }
    out.flush();
    return ExitCodes.DONE;
  }

  private static Comparison compared(Storage storage, List<String> places) throws IOException {
    List<String> runs = new ArrayList<>();
    List<RunReport> reports = new ArrayList<>();
    for (String place : places) {
      String plain = place.replaceFirst("/(report|sweep)\\.json$", "").replaceFirst("(?<=.)/$", "");
      String run = sweep(storage, place) ? plain + "/best" : plain;
      reports.add(RunFolder.read(storage, run));
      runs.add(plain);
    }
    return Comparison.of(runs, reports);
  }

  private static boolean sweep(Storage storage, String place) throws IOException {
    if (place.endsWith(".json")) {
      return place.endsWith(SweepFolder.REPORT);
    }
    return storage.list(place).stream().anyMatch(entry -> entry.name().equals(SweepFolder.REPORT));
  }

  private static ConfigException unwritable(Path file, IOException e) {
    ConfigException exception =
        new ConfigException(
            "--html: "
                + file
                + " cannot be written ("
                + e.getClass().getSimpleName()
                + "); give another file");
    exception.initCause(e);
    return exception;
  }
}
