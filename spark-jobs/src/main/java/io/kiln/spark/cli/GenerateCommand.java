package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.zoo.TextWriter;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.place.Places;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kiln generate}: a text is written symbol after symbol, which needs no Spark. */
@Command(
    name = "generate",
    description = "Writes text by a saved network of characters or words.",
    footer = {
      "",
      "kiln generate --model runs/shakespeare --start 'ROMEO:' --length 400 --temperature 0.7"
    })
public final class GenerateCommand implements Callable<Integer> {
  private static final int MOST = 10_000_000;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description = "A run folder, its model folder, or a sweep folder.")
  private String model = "";

  @Option(
      names = "--length",
      paramLabel = "N",
      description = "Characters (or words) to write; default: 500.")
  private int length = 500;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Below 1 safer, above 1 wilder; default: 0.8.")
  private double temperature = 0.8;

  @Option(names = "--start", paramLabel = "TEXT", description = "How the text begins.")
  private String start = "";

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The same seed gives the same text; default: 1.")
  private long seed = 1;

  @Override
  public Integer call() throws IOException {
    if (length < 0 || length > MOST) {
      throw new ConfigException("--length: " + length + " came but it must be 0 to " + MOST);
    }
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new ConfigException("--temperature: " + temperature + " came but it must be above 0");
    }
    Configuration hadoop = new Configuration();
    String place = new Places(hadoop, false).resolved("--model", model);
    ModelFolder.Loaded loaded = ModelFolder.read(new HadoopStorage(hadoop), place);
    TextWriter writer = new TextWriter(loaded.network(), Settings.of("data", loaded.data()));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    out.println(writer.write(start, length, temperature, seed));
    out.flush();
    return ExitCodes.DONE;
  }
}
