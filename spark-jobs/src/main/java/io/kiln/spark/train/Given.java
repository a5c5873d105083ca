package io.kiln.spark.train;

import io.kiln.nn.io.Locations;
import io.kiln.spark.config.TrainRequest.Place;
import io.kiln.spark.model.ModelFolder;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Reads the data that a command line names, before Spark starts, to find mistakes early. */
final class Given {
  private Given() {}

  /**
   * The model for the data of a scoring.
   *
   * @throws NoSuchFileException if the data are not there; it says so if they are below the folder
   *     of data sets
   */
  static ModelFolder.Loaded data(Scoring scoring, Place place) throws IOException {
    try {
      return scoring.load();
    } catch (NoSuchFileException e) {
      String path = String.valueOf(scoring.data().get("path"));
      String root = place.dataRoot();
      if (root == null || Locations.absolute(path) || there(scoring, path)) {
        throw e;
      }
      String below = Locations.join(root, path);
      if (!there(scoring, below)) {
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

  private static boolean there(Scoring scoring, String path) throws IOException {
    try {
      scoring.storage().list(path);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
