package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code kiln cluster}: the help text. The daemons are processes of their own, so the script starts
 * and stops them before there is a JVM.
 */
@Command(
    name = "cluster",
    description = {
      "A standalone Spark cluster of real daemons on this machine, for trying things.",
      "",
      "start [--workers N] [--hdfs]  starts it, and a small HDFS; prints the master's URL",
      "stop                          stops it"
    },
    footer = {"", "scripts/kiln cluster start --workers 2 --hdfs"})
public final class ClusterCommand implements Callable<Integer> {
  @Parameters(paramLabel = "start|stop", description = "What to do.", arity = "0..*")
  private List<String> words = new ArrayList<>();

  @Override
  public Integer call() {
    throw new ConfigException(
        "cluster "
            + String.join(" ", words)
            + ": this jar runs inside Spark and starts no daemons; use scripts/kiln cluster");
  }
}
