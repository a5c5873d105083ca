package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.DataSources;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.draw.GraphDrawing;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.zoo.Models;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.place.Places;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code kiln summary CONF}: what a network is and costs, before it is trained. Only tables need
 * Spark, which reads how many texts and classes they have.
 */
@Command(
    name = "summary",
    description = "Prints the layers of a network: shapes, parameters, floating-point operations.",
    footer = {
      "",
      "kiln summary conf/mnist-mlp.yaml",
      "kiln summary conf/mnist-mlp.yaml --set model.type=lenet --draw lenet.svg",
      "kiln summary conf/mine.yaml --input 3x224x224 --classes 1000"
    })
public final class SummaryCommand implements Callable<Integer> {
  /** Looks at tables of Spark's. */
  @FunctionalInterface
  public interface Tables {
    /** What samples look like; null if the data are no table. */
    @Nullable SampleSpec spec(RunConfig config, @Nullable String root) throws IOException;
  }

  private final Tables tables;

  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder with data sets, whose samples give the shapes; default: $KILN_DATA.")
  private @Nullable String data;

  @Option(
      names = "--input",
      paramLabel = "SHAPE",
      description = "Shape of a sample instead, e.g. 3x32x32; the data are not read.")
  private @Nullable String input;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "With --input: number of classes; without it the target is a number.")
  private int classes;

  @Option(
      names = "--draw",
      paramLabel = "FILE",
      description = "Also draw the network into this local file, .svg or .dot.")
  private @Nullable Path drawing;

  /** The command that has tables looked at so. */
  public SummaryCommand(Tables tables) {
    this.tables = tables;
  }

  @Override
  public Integer call() throws IOException {
    RunConfig run = config.load(List.of());
    SampleSpec spec = input == null ? ofData(run) : ofShape(input);
    Network network =
        Network.of(
            Models.from(run.modelSettings(), spec),
            spec,
            run.train().precision(),
            run.train().seed());
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    out.print(network.summary().text());
    if (drawing != null) {
      draw(network, drawing);
      out.println("written: " + drawing);
    }
    out.flush();
    return ExitCodes.DONE;
  }

  private SampleSpec ofData(RunConfig run) throws IOException {
    String root = data == null ? PlaceOptions.dataRoot() : data;
    SampleSpec table = tables.spec(run, root);
    if (table != null) {
      return table;
    }
    Configuration hadoop = new Configuration();
    return DataSources.load(
            Settings.of("data", run.data()),
            new HadoopStorage(hadoop),
            new Places(hadoop, false).dataRoot(root))
        .train()
        .spec();
  }

  private SampleSpec ofShape(String text) {
    if (!text.matches("[1-9][0-9]{0,6}(x[1-9][0-9]{0,6}){0,7}") || classes < 0) {
      throw new ConfigException(
          "--input: '"
              + text
              + "' with "
              + classes
              + " classes came but sizes like 3x32x32 and 0 or more classes are needed");
    }
    int[] sizes = Arrays.stream(text.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    return SampleSpec.classification(Shape.of(sizes), classes);
  }

  private static void draw(Network network, Path file) {
    String name = String.valueOf(file.getFileName());
    if (!name.endsWith(".svg") && !name.endsWith(".dot")) {
      throw new ConfigException("--draw: " + file + " came but a file .svg or .dot is needed");
    }
    GraphDrawing drawing = GraphDrawing.of(network);
    try {
      Files.writeString(file, name.endsWith(".svg") ? drawing.svg() : drawing.dot());
    } catch (IOException e) {
      ConfigException unwritable =
          new ConfigException(
              "--draw: "
                  + file
                  + " cannot be written ("
                  + e.getClass().getSimpleName()
                  + "); give another file");
      unwritable.initCause(e);
      throw unwritable;
    }
  }
}
