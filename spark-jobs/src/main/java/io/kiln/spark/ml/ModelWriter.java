package io.kiln.spark.ml;

import io.kiln.spark.score.BatchScorer;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.SparkSession;

/**
 * Writes a model: {@code metadata/} as Spark ML does, {@code model/} as {@code kiln train} does, so
 * {@code kiln predict --model} takes it too.
 */
final class ModelWriter extends MLWriter {
  /** The folder with the network. */
  static final String FOLDER = "model";

  private final Params stage;
  private final BatchScorer scorer;

  ModelWriter(Params stage, BatchScorer scorer) {
    this.stage = stage;
    this.scorer = scorer;
  }

  @Override
  public void saveImpl(String path) {
    DefaultParamsWriter$.MODULE$.saveMetadata(stage, path, sparkSession());
    try {
      Configuration hadoop = hadoop(sparkSession());
      scorer.write(new HadoopStorage(hadoop), qualified(hadoop, path) + "/" + FOLDER);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  static Configuration hadoop(SparkSession spark) {
    return spark.sparkContext().hadoopConfiguration();
  }

  /**
   * A path without a scheme is one of Hadoop's usual file system here, as all of Spark takes it.
   */
  static String qualified(Configuration hadoop, String path) throws IOException {
    Path folder = new Path(path);
    return folder.getFileSystem(hadoop).makeQualified(folder).toString();
  }
}
