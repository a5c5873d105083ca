package io.kiln.spark.mlflow;

import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.store.HadoopStorage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lets MLflow hear of runs and sweeps, where the configuration says so: {@code report.mlflow}. */
public final class Tracking {
  private Tracking() {}

  /** Tells of a run from now on. */
  public static void follow(RunFolder folder, RunConfig config, HadoopStorage storage) {
    MlflowServer server = server(config);
    if (server != null) {
      int done = folder.report().history().size();
      folder.follow(new TrackedRun(server, storage, folder.path(), experiment(config), done));
    }
  }

  /** Tells of a sweep and its trials from now on. */
  public static void follow(SweepFolder folder, RunConfig config, HadoopStorage storage) {
    MlflowServer server = server(config);
    if (server != null) {
      folder.follow(new TrackedSweep(server, storage, folder.path(), experiment(config)));
    }
  }

  private static @Nullable MlflowServer server(RunConfig config) {
    String address = config.report().mlflow();
    Map<String, String> environment = System.getenv();
    return address == null ? null : new MlflowServer(address, environment);
  }

  private static String experiment(RunConfig config) {
    String named = config.report().experiment();
    return named == null ? config.name() : named;
  }
}
