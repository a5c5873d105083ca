package io.kiln.spark.train;

import io.kiln.nn.io.Locations;
import io.kiln.nn.model.ModelFolder;
import io.kiln.spark.config.TrainRequest.Place;
import io.kiln.spark.shards.GivenTable;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;

/** Reads the data that a command line names, before Spark starts, to find mistakes early. */
final class Given {
  private Given() {}

  /** Reads what is at a path. */
  interface Reader<T> {
    T read() throws IOException;
  }

  /**
   * What is read at the place of the data.
   *
   * @param path as it was given
   * @throws NoSuchFileException if the data are not there; it says so if they are below the folder
   *     of data sets
   */
  static <T> T data(String path, Place place, HadoopStorage storage, Reader<T> reader)
      throws IOException {
    try {
      return reader.read();
    } catch (NoSuchFileException e) {
      String root = place.dataRoot();
      if (root == null || Locations.absolute(path) || there(storage, path)) {
        throw e;
      }
      String below = Locations.join(root, path);
      if (!there(storage, below)) {
        throw e;
      }
      throw new NoSuchFileException(
          "--data: "
              + path
              + " is not there but "
              + below
              + " is; paths of the command line are below the folder you are in: give the whole"
              + " path, or --set data.path="
              + path);
    }
  }

  /** The model for the samples of a scoring. */
  static ModelFolder.Loaded samples(Scoring scoring, Place place, Map<String, Object> asked)
      throws IOException {
    return data(String.valueOf(asked.get("path")), place, scoring.storage(), scoring::load);
  }

  /**
   * The table that a request names, for a model; starts the application.
   *
   * @param section how it is read, with what was fitted
   * @param asked the request's own section
   */
  static GivenTable table(
      SparkRuntime runtime,
      Place place,
      ModelFolder.Loaded loaded,
      Map<String, Object> section,
      Map<String, Object> asked,
      GivenTable.Use use)
      throws IOException {
    return data(
        String.valueOf(asked.get("path")),
        place,
        runtime.storage(),
        () -> GivenTable.of(runtime.session(), section, loaded.network().spec(), use));
  }

  private static boolean there(HadoopStorage storage, String path) throws IOException {
    try {
      storage.list(path);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
