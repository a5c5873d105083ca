package io.kiln.spark.cli;

import io.kiln.spark.report.Progress;
import java.io.PrintStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How commands that take their time tell of it. */
final class TellOptions {
  @ArgGroup private Which which = new Which();

  private static final class Which {
    @Option(names = "--quiet", description = "No progress; results and errors alone.")
    private boolean quiet;

    @Option(
        names = "--json",
        description = "Progress as JSON, an object a line, on standard output; all else on error.")
    private boolean json;
  }

  /** Applies them; gives where results are printed. */
  PrintStream apply() {
    Progress.tell(
        which.quiet ? Progress.Form.QUIET : which.json ? Progress.Form.JSON : Progress.Form.PEOPLE);
    return which.json ? System.err : System.out;
  }
}
