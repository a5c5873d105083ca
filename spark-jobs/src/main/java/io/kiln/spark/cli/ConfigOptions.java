package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The configuration file and what the command line changes in it. */
final class ConfigOptions {
  @Parameters(index = "0", paramLabel = "CONF", description = "Configuration, a YAML file.")
  private String file = "";

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change one value of it, e.g. --set train.epochs=5; may be repeated.")
  private List<String> assignments = new ArrayList<>();

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Tasks that train together; short for --set cluster.workers=N.")
  private @Nullable Integer workers;

  /** Reads the configuration with what the options change. */
  RunConfig load(List<String> more) throws IOException {
    List<String> all = new ArrayList<>(assignments);
    if (workers != null) {
      all.add("cluster.workers=" + workers);
    }
    all.addAll(more);
    return load(file, all);
  }

  /** Reads a file; one that cannot be read is a mistake of usage. */
  static RunConfig load(String file, List<String> assignments) throws IOException {
    try {
      return RunConfig.load(new HadoopStorage(), file, assignments);
    } catch (NoSuchFileException e) {
      throw new ConfigException(file + ": there is no such configuration; check the path");
    } catch (AccessDeniedException e) {
      throw new ConfigException(file + ": it may not be read; check its permissions");
    }
  }
}
