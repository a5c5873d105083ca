package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.CaptionRequest;
import io.kiln.spark.config.TrainRequest.Place;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Job;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code kiln caption}. */
@Command(
    name = "caption",
    description = "Writes captions of images by a saved network, and prints BLEU-1 … BLEU-4.",
    footer = {
      "",
      "kiln caption --model runs/captions --data ~/data/flickr8k --html captions.html",
      "kiln caption --model runs/captions --split dev --beam 5 --out captions.csv"
    })
public final class CaptionCommand implements Callable<Integer> {
  private static final List<String> SPLITS = List.of("train", "dev", "test");

  private final Job<CaptionRequest> job;

  @ParentCommand private Kiln kiln = new Kiln();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description = {
        "A run folder, its model folder, or a sweep folder.",
        "Given several times, the networks write together: the mean of their probabilities."
      })
  private List<String> models = List.of();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder with features and captions; default: data.path below $KILN_DATA.")
  private @Nullable String data;

  @Option(names = "--split", paramLabel = "PART", description = "train, dev or test (the default).")
  private String split = "test";

  @Option(
      names = "--beam",
      paramLabel = "K",
      description = "Search with K candidates; default: 1, the likeliest word each time.")
  private int beam = 1;

  @Option(
      names = "--length-penalty",
      paramLabel = "P",
      description = "Candidates are ranked by log p / length^P; default: 0.7.")
  private double penalty = 0.7;

  @Option(
      names = "--consensus",
      description = "Take the candidate that agrees best with all of them (needs --beam).")
  private boolean consensus;

  @Option(names = "--html", paramLabel = "FILE", description = "A page, captions under pictures.")
  private @Nullable String html;

  @Option(
      names = "--images",
      paramLabel = "URI",
      description = "Zip file or folder of the pictures; default: a zip file in the data.")
  private @Nullable String images;

  @Option(names = "--out", paramLabel = "CSV", description = "Image,Caption for each image.")
  private @Nullable String out;

  @Option(
      names = "--master",
      paramLabel = "M",
      description = "Spark's master; default: spark-submit's.")
  private @Nullable String master;

  /** The command that hands its request to that job. */
  public CaptionCommand(Job<CaptionRequest> job) {
    this.job = job;
  }

  @Override
  public Integer call() throws Exception {
    if (!SPLITS.contains(split)) {
      throw new ConfigException("--split: " + split + " came but train, dev or test is needed");
    }
    if (beam < 1 || beam > 1000) {
      throw new ConfigException("--beam: " + beam + " came but it must be 1 to 1000");
    }
    if (!(Math.abs(penalty) <= 10)) {
      throw new ConfigException("--length-penalty: " + penalty + " came but it must be -10 to 10");
    }
    if (consensus && beam == 1) {
      throw new ConfigException("--consensus: it needs several candidates; give --beam 2 or more");
    }
    job.run(
        new CaptionRequest(
            models,
            data,
            split,
            beam,
            penalty,
            consensus,
            html,
            images,
            new Place(master, PlaceOptions.dataRoot(), out, kiln.verbose())),
        System.out);
    return ExitCodes.DONE;
  }
}
