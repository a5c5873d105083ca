package io.kiln.spark.cli;

import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Failures;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code kiln}: the root of all commands. */
@Command(
    name = "kiln",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    synopsisHeading = "%n@|bold Usage:|@ ",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%n@|bold Options:|@%n",
    commandListHeading = "%n@|bold Commands:|@%n")
public final class Kiln implements Runnable {
  private static final String[] FOOTER = {
    "",
    "@|bold Environment:|@ KILN_DATA is the folder with data sets; --data overrides it.",
    "@|bold Paths|@ are local paths or URIs: file:, hdfs:, s3a:, any Hadoop file system.",
    "@|bold Exit codes:|@ 0 done, 2 usage or configuration, 3 data or model file unreadable,",
    "  4 training diverged or failed repeatedly, 5 no usable checkpoint, 6 cluster",
    "  resources not available in time, 143 stopped by SIGTERM after a checkpoint.",
    "",
    "Start with: kiln train conf/quickstart.yaml"
  };

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log more; show the stack trace of an error.")
  private boolean verbose;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Whether {@code --verbose} was given. */
  boolean verbose() {
    return verbose;
  }

  /** The command line with these commands; {@code help} is added. */
  public static CommandLine with(List<?> commands) {
    CommandLine line = new CommandLine(new Kiln());
    line.getCommandSpec()
        .usageMessage()
        .description("Trains neural networks on Apache Spark, in Java.")
        .footer(FOOTER);
    for (Object command : commands) {
      line.addSubcommand(command);
    }
    line.addSubcommand(new HelpCommand());
    line.setParameterExceptionHandler(Kiln::misused);
    line.setExecutionExceptionHandler((e, at, parsed) -> failed(e, at));
    return line;
  }

  /** Without a command there is only help to give, and that is a mistake. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine at = e.getCommandLine();
    StringBuilder line = new StringBuilder(lowerFirst(String.valueOf(e.getMessage())));
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        line.append("; did you mean ").append(suggestions.get(0)).append('?');
      }
    }
    line.append("; see ").append(at.getCommandSpec().qualifiedName()).append(" --help");
    say(at, new Failures(ExitCodes.USAGE, line.toString()));
    return ExitCodes.USAGE;
  }

  private static int failed(Exception e, CommandLine at) {
    Kiln root = (Kiln) at.getCommandSpec().root().userObject();
    if (root.verbose()) {
      e.printStackTrace(at.getErr());
    }
    Failures failure = Failures.of(e);
    say(at, failure);
    return failure.exitCode();
  }

  private static void say(CommandLine at, Failures failure) {
    PrintWriter err = at.getErr();
    err.println("kiln: " + failure.line());
    err.flush();
  }

  private static String lowerFirst(String text) {
    return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }
}
