package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.style.StyleSettings;
import io.kiln.spark.config.StyleRequest;
import io.kiln.spark.config.TrainRequest.Place;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Job;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code kiln style}. */
@Command(
    name = "style",
    description = {
      "Paints pictures in the style of another (Gatys, Ecker, Bethge 2016), a task each,",
      "and a page with the losses beside them."
    },
    footer = {
      "",
      "kiln style --content town.jpg --style starry_night.jpg --out painted.png",
      "kiln style --content photos/ --style scream.jpg --out painted/ --size 384 --original-colours"
    })
public final class StyleCommand implements Callable<Integer> {
  private static final StyleSettings USUAL = StyleSettings.squeezenet();

  private final Job<StyleRequest> job;

  @ParentCommand private Kiln kiln = new Kiln();

  @Option(
      names = "--content",
      required = true,
      paramLabel = "FILE_OR_DIR",
      description = "The picture to paint, or a folder of them: JPEG, PNG, BMP.")
  private String content = "";

  @Option(
      names = "--style",
      required = true,
      paramLabel = "FILE",
      description = "The picture whose manner is taken.")
  private String style = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE_OR_DIR",
      description = "Where the result goes, .png or .jpg; of a folder, a new folder.")
  private String out = "";

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Longer side of the result; default: 512.")
  private int size = USUAL.size();

  @Option(names = "--steps", paramLabel = "N", description = "Steps in all; default: 150.")
  private int steps = USUAL.steps();

  @Option(
      names = "--style-weight",
      paramLabel = "W",
      description = "How much style counts against content; default: 40.")
  private double styleWeight = USUAL.styleWeight();

  @Option(
      names = "--smoothness",
      paramLabel = "W",
      description = "How much total variation counts; default: 0.7.")
  private double smoothness = USUAL.smoothness();

  @Option(
      names = "--style-scale",
      paramLabel = "S",
      description = "Size of the style picture against the result's; above 1: finer strokes.")
  private double styleScale = USUAL.styleScale();

  @Option(
      names = "--scales",
      paramLabel = "N",
      description = "Sizes worked at, each half of the next; default: 3.")
  private int scales = USUAL.scales();

  @Option(names = "--optimizer", paramLabel = "NAME", description = "lbfgs (the default) or adam.")
  private String optimizer = "lbfgs";

  @Option(
      names = "--original-colours",
      description = "Keep the colours of the content; the style gives brightness alone.")
  private boolean originalColours;

  @Option(
      names = "--content-layers",
      paramLabel = "LAYERS",
      description = "Layers of the features with weights, e.g. 4 or 4:1,6:0.5.")
  private @Nullable String contentLayers;

  @Option(
      names = "--style-layers",
      paramLabel = "LAYERS",
      description = "Layers whose Gram matrices are compared, e.g. 1:1,3:1,6:0.5.")
  private @Nullable String styleLayers;

  @Option(
      names = "--net",
      paramLabel = "TYPE",
      description = "squeezenet1-1 (the default), vgg19 or a relative.")
  private String net = "squeezenet1-1";

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "Its trained values; default: the usual file in $KILN_DATA/weights.")
  private @Nullable String weights;

  @Option(
      names = "--master",
      paramLabel = "M",
      description = "Spark's master; default: spark-submit's.")
  private @Nullable String master;

  /** The command that hands its request to that job. */
  public StyleCommand(Job<StyleRequest> job) {
    this.job = job;
  }

  @Override
  public Integer call() throws Exception {
    job.run(
        new StyleRequest(
            content,
            style,
            out,
            net,
            weights,
            settings(),
            new Place(master, PlaceOptions.dataRoot(), out, kiln.verbose())),
        System.out);
    return ExitCodes.DONE;
  }

  private StyleSettings settings() {
    StyleSettings usual = net.startsWith("vgg") ? StyleSettings.vgg19() : USUAL;
    StyleSettings.Optimizer moves =
        switch (optimizer) {
          case "adam" -> StyleSettings.Optimizer.ADAM;
          case "lbfgs" -> StyleSettings.Optimizer.LBFGS;
          default ->
              throw new ConfigException(
                  "--optimizer: " + optimizer + " came but adam or lbfgs is needed");
        };
    return new StyleSettings(
        size,
        steps,
        scales,
        layers("--content-layers", contentLayers, usual.content()),
        layers("--style-layers", styleLayers, usual.style()),
        styleWeight,
        smoothness,
        styleScale,
        moves,
        usual.rate(),
        originalColours);
  }

  private static SortedMap<Integer, Double> layers(
      String option, @Nullable String typed, SortedMap<Integer, Double> usual) {
    if (typed == null) {
      return usual;
    }
    SortedMap<Integer, Double> layers = new TreeMap<>();
    for (String one : typed.split(",")) {
      String[] parts = one.strip().split(":", 2);
      try {
        layers.put(
            Integer.valueOf(parts[0]), parts.length == 1 ? 1.0 : Double.parseDouble(parts[1]));
      } catch (NumberFormatException e) {
        throw new ConfigException(
            option + ": " + typed + " came but numbers of layers are needed, such as 1:1,3:0.5");
      }
    }
    return layers;
  }
}
