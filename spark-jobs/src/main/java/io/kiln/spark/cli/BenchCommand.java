package io.kiln.spark.cli;

import io.kiln.nn.bench.BenchCase;
import io.kiln.nn.bench.Benchmarks;
import io.kiln.nn.config.ConfigException;
import io.kiln.spark.job.ExitCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kiln bench}. */
@Command(
    name = "bench",
    description = "Steady-state training speed of the named nets, a JSON object a line.",
    footer = {
      "",
      "A step is forward, loss, backward and an SGD update with momentum 0.9 on random input."
    })
public final class BenchCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "Cases to run; all if none is named.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "4",
      description = "Time of each case after warming up; default: ${DEFAULT-VALUE}.")
  private double seconds = 4;

  @Option(
      names = "--threads",
      paramLabel = "T",
      defaultValue = "1",
      description = "Threads over slices of the batch; default: ${DEFAULT-VALUE}.")
  private int threads = 1;

  @Option(names = "--list", description = "Only print the names of the cases.")
  private boolean list;

  @Override
  public Integer call() {
    if (seconds <= 0 || threads < 1) {
      throw new ConfigException("bench: --seconds and --threads must be above 0");
    }
    List<BenchCase> cases =
        names.isEmpty() ? Benchmarks.all() : names.stream().map(Benchmarks::of).toList();
    for (BenchCase one : cases) {
      System.out.println(list ? one.name() : Benchmarks.run(one, seconds, threads).json());
    }
    return ExitCodes.DONE;
  }
}
