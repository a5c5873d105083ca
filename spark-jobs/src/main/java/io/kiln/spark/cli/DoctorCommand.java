package io.kiln.spark.cli;

import io.kiln.spark.config.DoctorRequest;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Job;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code kiln doctor}. */
@Command(
    name = "doctor",
    description = {
      "Measures every executor: the BLAS really in use, GFLOP/s, threads, JDK, heap,",
      "all-reduce latency and bandwidth; predicts how training scales."
    },
    footer = {"", "kiln doctor --master spark://host:7077 --workers 4"})
public final class DoctorCommand implements Callable<Integer> {
  private final Job<DoctorRequest> job;

  @ParentCommand private Kiln kiln = new Kiln();

  @Option(
      names = "--master",
      paramLabel = "M",
      description = "Spark's master; default: spark-submit's.")
  private @Nullable String master;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Executors to ask for; default: all that are there.")
  private @Nullable Integer workers;

  /** The command that hands its request to that job. */
  public DoctorCommand(Job<DoctorRequest> job) {
    this.job = job;
  }

  @Override
  public Integer call() throws Exception {
    if (workers != null && workers < 1) {
      throw new io.kiln.nn.config.ConfigException(
          "--workers: " + workers + " came but it must be 1 or more");
    }
    job.run(new DoctorRequest(master, workers, kiln.verbose()), System.out);
    return ExitCodes.DONE;
  }
}
