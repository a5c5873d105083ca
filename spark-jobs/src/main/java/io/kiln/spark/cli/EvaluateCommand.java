package io.kiln.spark.cli;

import io.kiln.spark.config.EvaluateRequest;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Job;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code kiln evaluate}. */
@Command(
    name = "evaluate",
    description = "Loss, accuracy and confusion matrix of a saved model.",
    footer = {
      "",
      "kiln evaluate --model runs/mine --data ~/data/mnist --out score",
      "kiln evaluate --model resnet20.safetensors --net resnet20 \\",
      "    --format cifar10 --data ~/data/cifar-10-batches-bin --set data.normalize=imagenet",
      "kiln evaluate --model resnet20.safetensors --config conf/cifar10-resnet20.yaml"
    })
public final class EvaluateCommand implements Callable<Integer> {
  private final Job<EvaluateRequest> job;

  @ParentCommand private Kiln kiln = new Kiln();
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--out",
      paramLabel = "URI",
      description =
          "Folder for report.html, report.json and evaluation.json (the numbers alone), or a .json"
              + " file for these.")
  private @Nullable String out;

  /** The command that hands its request to that job. */
  public EvaluateCommand(Job<EvaluateRequest> job) {
    this.job = job;
  }

  @Override
  public Integer call() throws Exception {
    job.run(
        new EvaluateRequest(
            model.model(),
            model.sections(),
            model.data(),
            model.workers(),
            model.place(out, kiln.verbose())),
        System.out);
    return ExitCodes.DONE;
  }
}
