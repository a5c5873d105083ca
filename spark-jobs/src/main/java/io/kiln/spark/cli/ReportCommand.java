package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.Storage;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.place.Places;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunPage;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.Summary;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepPage;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kiln report}: reads a run's or a sweep's JSON; needs no Spark. */
@Command(
    name = "report",
    description = "Prints the summary of a run or a sweep.",
    footer = {"", "kiln report runs/mine", "kiln report hdfs:/runs/mine --html mine.html"})
public final class ReportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "URI",
      description = "Folder of a run or a sweep, or its report.json or sweep.json.")
  private String place = "";

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Render the page again into this local file.")
  private @Nullable Path html;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = new Configuration();
    Storage storage = new HadoopStorage(hadoop);
    place = new Places(hadoop, false).resolved("report", place);
    String text;
    String page;
    if (sweep(storage)) {
      SweepReport report = SweepFolder.read(storage, place);
      text = Summary.of(report);
      page = html == null ? "" : SweepPage.html(report);
    } else {
      RunReport report = RunFolder.read(storage, place);
      text = Summary.of(report);
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
      out.println("\nwritten: " + html);
    }
    out.flush();
    return ExitCodes.DONE;
  }

  private boolean sweep(Storage storage) throws IOException {
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
