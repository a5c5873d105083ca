package io.kiln.spark.cli;

import io.kiln.spark.config.TrainRequest;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Job;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code kiln train CONF}. */
@Command(
    name = "train",
    description = "Trains a network, tests it once, writes a run folder with a report.",
    footer = {
      "",
      "kiln train conf/mnist-mlp.yaml --data ~/data --set train.epochs=3 --workers 4",
      "kiln train conf/mnist-mlp.yaml --out runs/mine --resume",
      "kiln train conf/mnist-mlp.yaml --out hdfs:/runs/mine --resume=auto"
    })
public final class TrainCommand implements Callable<Integer> {
  private final Job<TrainRequest> job;

  @ParentCommand private Kiln kiln = new Kiln();
  @Mixin private ConfigOptions config = new ConfigOptions();
  @Mixin private PlaceOptions place = new PlaceOptions();

  @Mixin private ResumeOption resume = new ResumeOption();
  @Mixin private TellOptions tell = new TellOptions();

  /** The command that hands its request to that job. */
  public TrainCommand(Job<TrainRequest> job) {
    this.job = job;
  }

  @Override
  public Integer call() throws Exception {
    job.run(
        new TrainRequest(config.load(List.of()), place.place(kiln.verbose()), resume.resume()),
        tell.apply());
    return ExitCodes.DONE;
  }
}
