package io.kiln.spark.cli;

import io.kiln.spark.config.PredictRequest;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Job;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code kiln predict}. */
@Command(
    name = "predict",
    description = "Labels for new data, by a saved model: CSV (Id,Category) or Parquet.",
    footer = {
      "",
      "kiln predict --model runs/mine --format images --data photos/ --out labels.csv",
      "kiln predict --model runs/mine --format csv --data x.csv --out y.parquet --probabilities"
    })
public final class PredictCommand implements Callable<Integer> {
  private final Job<PredictRequest> job;

  @ParentCommand private Kiln kiln = new Kiln();
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE_OR_DIR",
      description = "Where the labels go: .csv or .parquet; never overwritten.")
  private String out = "";

  @Option(names = "--probabilities", description = "Write the probability of each class too.")
  private boolean probabilities;

  /** The command that hands its request to that job. */
  public PredictCommand(Job<PredictRequest> job) {
    this.job = job;
  }

  @Override
  public Integer call() throws Exception {
    job.run(
        new PredictRequest(
            model.model(),
            model.data(),
            out,
            probabilities,
            model.workers(),
            model.place(out, kiln.verbose())),
        System.out);
    return ExitCodes.DONE;
  }
}
