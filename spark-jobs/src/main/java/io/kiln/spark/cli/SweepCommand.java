package io.kiln.spark.cli;

import io.kiln.spark.config.SweepRequest;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Job;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code kiln sweep CONF}. */
@Command(
    name = "sweep",
    description = "Tries settings in parallel, retrains the best, tests it once.",
    footer = {"", "kiln sweep conf/mnist-sweep.yaml --trials-parallel 6 --out runs/sizes"})
public final class SweepCommand implements Callable<Integer> {
  private final Job<SweepRequest> job;

  @ParentCommand private Kiln kiln = new Kiln();
  @Mixin private ConfigOptions config = new ConfigOptions();
  @Mixin private PlaceOptions place = new PlaceOptions();

  @Option(
      names = "--trials-parallel",
      paramLabel = "N",
      description = "Trials at a time; default: as many as the cluster has slots.")
  private @Nullable Integer parallel;

  @Mixin private ResumeOption resume = new ResumeOption();
  @Mixin private TellOptions tell = new TellOptions();

  /** The command that hands its request to that job. */
  public SweepCommand(Job<SweepRequest> job) {
    this.job = job;
  }

  @Override
  public Integer call() throws Exception {
    List<String> more = parallel == null ? List.of() : List.of("sweep.parallel=" + parallel);
    job.run(
        new SweepRequest(config.load(more), place.place(kiln.verbose()), resume.resume()),
        tell.apply());
    return ExitCodes.DONE;
  }
}
