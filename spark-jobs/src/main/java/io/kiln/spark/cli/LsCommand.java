package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.place.Places;
import io.kiln.spark.report.RunList;
import io.kiln.spark.report.TableFormat;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kiln ls}: reads reports; needs no Spark. */
@Command(
    name = "ls",
    description = "Lists the runs and sweeps below a place, newest first, with their results.",
    footer = {"", "kiln ls", "kiln ls hdfs:/runs --format csv"})
public final class LsCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URI", arity = "0..1", description = "A folder; default: runs.")
  private String place = "runs";

  @Option(
      names = "--format",
      paramLabel = "F",
      description = "text (the default), md, latex, csv or json.")
  private @Nullable String format;

  @Override
  public Integer call() throws IOException {
    TableFormat form = format(format);
    Configuration hadoop = new Configuration();
    List<String> notes = new ArrayList<>();
    List<RunList.Entry> entries =
        RunList.below(
            new HadoopStorage(hadoop), new Places(hadoop, false).resolved("ls", place), notes);
    for (String note : notes) {
      System.err.println("kiln: note: " + note);
    }
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    out.print(
        entries.isEmpty() && form == TableFormat.TEXT
            ? "no runs below " + place + "\n"
            : RunList.table(entries, form));
    out.flush();
    return ExitCodes.DONE;
  }

  /** The format of that name; a table of text where nobody names one. */
  static TableFormat format(@Nullable String name) {
    if (name == null) {
      return TableFormat.TEXT;
    }
    for (TableFormat each : TableFormat.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
        return each;
      }
    }
    throw new ConfigException(
        "--format: " + name + " came but text, md, latex, csv or json is needed");
  }
}
