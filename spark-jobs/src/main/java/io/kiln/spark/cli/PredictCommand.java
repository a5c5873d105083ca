package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.PredictRequest;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Job;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code kiln predict}. */
@Command(
    name = "predict",
    description =
        "Labels for new data, by a saved model: CSV (Id,Category) or Parquet, or printed.",
    footer = {
      "",
      "kiln predict --model runs/mine --data photos/ --out labels.csv",
      "kiln predict --model runs/mine --data x.csv --out y.parquet --probabilities",
      "kiln predict --model runs/mine --format parquet --data hdfs:/table --out hdfs:/y.parquet",
      "kiln predict --model squeezenet1_1.safetensors --net squeezenet1-1 --format images \\",
      "    --data cat.jpg --set data.normalize=imagenet --names imagenet_classes.txt --top 3"
    })
public final class PredictCommand implements Callable<Integer> {
  private final Job<PredictRequest> job;

  @ParentCommand private Kiln kiln = new Kiln();
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--out",
      paramLabel = "FILE_OR_DIR",
      description =
          "Where the labels go: .csv or .parquet; never overwritten. With --top the default is to"
              + " print them.")
  private @Nullable String out;

  @Option(names = "--probabilities", description = "Write the probability of each class too.")
  private boolean probabilities;

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "0",
      description = "Write the K likeliest classes by name, with their probabilities.")
  private int top;

  @Option(
      names = "--names",
      paramLabel = "FILE",
      description = "Names of the classes, one a line; default: those of the training data.")
  private @Nullable String names;

  /** The command that hands its request to that job. */
  public PredictCommand(Job<PredictRequest> job) {
    this.job = job;
  }

  @Override
  public Integer call() throws Exception {
    if (top < 0) {
      throw new ConfigException("--top: " + top + " came but it must be 0 or more");
    }
    if (out == null && top == 0) {
      throw new ConfigException(
          "--out: it is missing; say where labels go, or print some: --top 1");
    }
    job.run(
        new PredictRequest(
            model.model(),
            model.sections(),
            model.data(),
            out,
            probabilities,
            top,
            names,
            model.workers(),
            model.place(out, kiln.verbose())),
        System.out);
    return ExitCodes.DONE;
  }
}
