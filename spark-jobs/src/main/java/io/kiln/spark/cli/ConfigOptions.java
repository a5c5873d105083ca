package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.Locations;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
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
    HadoopStorage storage = new HadoopStorage();
    try {
      return RunConfig.load(storage, sent(file, System.getProperties()), assignments);
    } catch (NoSuchFileException e) {
      boolean remote = System.getProperty("spark.submit.deployMode", "").equals("cluster");
      throw new ConfigException(
          file
              + ": there is no such configuration"
              + (remote
                  ? " where the driver runs; send it with spark-submit --files " + file
                  : "; check the path"));
    } catch (AccessDeniedException e) {
      throw new ConfigException(file + ": it may not be read; check its permissions");
    }
  }

  /**
   * The file that spark-submit was given with {@code --files} under that name, where the driver's
   * folder has none: on a standalone cluster Spark copies such files only later, and elsewhere.
   */
  static String sent(String file, Properties spark) {
    if (HadoopStorage.absolute(file) || Files.exists(Path.of(file))) {
      return file;
    }
    for (String key : List.of("spark.files", "spark.yarn.dist.files")) {
      for (String one : spark.getProperty(key, "").split(",", -1)) {
        int as = one.indexOf('#');
        String place = as < 0 ? one : one.substring(0, as);
        String name = as < 0 ? Locations.name(one) : one.substring(as + 1);
        if (name.equals(file)) {
          return place;
        }
      }
    }
    return file;
  }
}
