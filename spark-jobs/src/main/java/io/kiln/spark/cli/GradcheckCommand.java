package io.kiln.spark.cli;

import io.kiln.nn.check.OpCase;
import io.kiln.nn.check.OpCases;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.spark.job.ExitCodes;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kiln gradcheck}. */
@Command(
    name = "gradcheck",
    description = {
      "Checks every differentiable op, layer and loss, and whole nets, in float64 against",
      "central differences."
    },
    footer = {"", "Prints: op, largest relative error, bound, ok. Exit code 1 if one is out."})
public final class GradcheckCommand implements Callable<Integer> {
  private static final int OUT_OF_BOUND = 1;

  @Option(
      names = "--op",
      paramLabel = "NAME",
      description = "Only this op, layer, loss or net with its variants, e.g. affine.")
  private String op = "";

  @Override
  public Integer call() {
    return run(cases(), System.out);
  }

  private List<OpCase> cases() {
    List<OpCase> all = OpCases.all();
    if (op.isEmpty()) {
      return all;
    }
    List<OpCase> chosen = all.stream().filter(one -> isOf(one.name(), op)).toList();
    if (chosen.isEmpty()) {
      List<String> names =
          all.stream().map(one -> plain(one.name()).replaceAll("/.*", "")).distinct().toList();
      throw new ConfigException(
          "--op: there is no op '" + op + "'; did you mean " + Settings.nearest(op, names) + "?");
    }
    return chosen;
  }

  private static boolean isOf(String name, String op) {
    return (name + "/").startsWith(op + "/") || (plain(name) + "/").startsWith(op + "/");
  }

  /** The name without the family that layers, losses and nets have in front. */
  private static String plain(String name) {
    return name.replaceFirst("^(layer|loss|net)/", "");
  }

  /** Checks the cases and prints a row each; the exit code. */
  static int run(List<OpCase> cases, PrintStream out) {
    int code = ExitCodes.DONE;
    for (OpCase one : cases) {
      double error = one.maxRelativeError();
      boolean ok = error <= one.bound();
      out.printf(
          Locale.ROOT,
          "%-44s %.2e %.0e %s%n",
          one.name(),
          error,
          one.bound(),
          ok ? "ok" : "OUT OF BOUND");
      code = ok ? code : OUT_OF_BOUND;
    }
    return code;
  }
}
