package io.kiln.spark.cli;

import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.standalone.ClusterState;
import io.kiln.spark.standalone.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code kiln cluster start} and {@code kiln cluster stop}. {@code scripts/kiln} says in the
 * environment where things are: {@code KILN_HOME} and {@code SPARK_HOME}. {@code KILN_CLUSTER_DIR}
 * chooses another folder than {@code target/cluster}.
 */
@Command(
    name = "cluster",
    description = {
      "A standalone Spark cluster (and a small HDFS) of real daemons on this machine,",
      "for trying things."
    },
    subcommands = {ClusterCommand.Start.class, ClusterCommand.Stop.class},
    footer = {"", "scripts/kiln cluster start --workers 2 --hdfs"})
public final class ClusterCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Without start or stop there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "start or stop is missing");
  }

  /** {@code kiln cluster start}. */
  @Command(
      name = "start",
      description = {
        "Starts a master and workers and waits until they are registered.",
        "",
        "Standard output is one line: the master's URL, spark://127.0.0.1:PORT.",
        "Standard error has a line for each of master, workers, ui, hdfs and logs.",
        "If the cluster runs already, it says so, prints the same and exits with 0.",
        "KILN_CLUSTER_DIR: folder of logs, work and HDFS; default target/cluster."
      })
  static final class Start implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--workers", paramLabel = "N", description = "Workers; default 2.")
    private int workers = 2;

    @Option(names = "--cores", paramLabel = "N", description = "Cores a worker; default 1.")
    private int cores = 1;

    @Option(
        names = "--memory",
        paramLabel = "SIZE",
        description = "Memory a worker has for executors; default 3g.")
    private String memory = "3g";

    @Option(
        names = "--hdfs",
        description = "Also a NameNode and a DataNode: hdfs://127.0.0.1:PORT, on standard error.")
    private boolean hdfs;

    @Override
    public Integer call() throws IOException {
      LocalCluster cluster = cluster();
      PrintWriter err = spec.commandLine().getErr();
      Optional<ClusterState> running = cluster.state();
      if (running.isPresent()) {
        err.println("cluster: it runs already; kiln cluster stop ends it");
        if (hdfs && running.get().hdfs().isEmpty()) {
          err.println("cluster: it runs without HDFS; stop it and start it with --hdfs");
        }
        print(running.get());
        return ExitCodes.DONE;
      }
      print(cluster.start(new LocalCluster.Plan(workers, cores, memory, hdfs)));
      return ExitCodes.DONE;
    }

    private void print(ClusterState state) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("master:  " + state.master());
      err.println("workers: " + state.workers());
      err.println("ui:      " + state.ui());
      if (!state.hdfs().isEmpty()) {
        err.println("hdfs:    " + state.hdfs());
      }
      err.println("logs:    " + folder().resolve("logs"));
      err.flush();
      spec.commandLine().getOut().println(state.master());
      spec.commandLine().getOut().flush();
    }
  }

  /** {@code kiln cluster stop}. */
  @Command(
      name = "stop",
      description =
          "Stops all that start started; what is in HDFS stays on disk for the next start.")
  static final class Stop implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
      int stopped = cluster().stop();
      PrintWriter err = spec.commandLine().getErr();
      err.println(
          stopped == 0 ? "cluster: it does not run" : "cluster: stopped " + stopped + " daemons");
      err.flush();
      return ExitCodes.DONE;
    }
  }

  private static LocalCluster cluster() {
    Path home = home();
    String given = System.getenv("SPARK_HOME");
    Path spark = given == null ? home.resolve("target/spark-home") : Path.of(given);
    return new LocalCluster(
        folder(),
        new LocalCluster.Homes(spark, home.resolve("target/hdfs-home/jars"), home.resolve("conf")));
  }

  private static Path folder() {
    @Nullable String chosen = System.getenv("KILN_CLUSTER_DIR");
    Path folder = chosen == null ? home().resolve("target/cluster") : Path.of(chosen);
    return folder.toAbsolutePath().normalize();
  }

  private static Path home() {
    @Nullable String home = System.getenv("KILN_HOME");
    return Path.of(home == null ? "." : home).toAbsolutePath().normalize();
  }
}
