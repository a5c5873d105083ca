package io.kiln.spark.mlflow;

import io.kiln.spark.report.Json;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Which run of MLflow's a folder is: {@code mlflow.json} in it, so that a resumed run goes on there
 * and the best of a sweep is nested in the sweep.
 *
 * @param server its address
 * @param experiment id of the experiment
 * @param run id of the run
 */
record TrackedId(String server, String experiment, String run) {
  private static final String FILE = "/mlflow.json";

  static @Nullable TrackedId read(HadoopStorage storage, String folder) throws IOException {
    try (InputStream in = storage.open(folder + FILE)) {
      return Json.read(folder + FILE, in.readAllBytes(), TrackedId.class);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  static void write(HadoopStorage storage, String folder, TrackedId id) throws IOException {
    String path = folder + FILE;
    storage.delete(path);
    try (OutputStream out = storage.create(path)) {
      out.write(Json.bytes(id));
    }
  }
}
