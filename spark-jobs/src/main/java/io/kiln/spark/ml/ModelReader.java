package io.kiln.spark.ml;

import io.kiln.spark.score.BatchScorer;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.MLReader;

/** Reads what {@link ModelWriter} wrote. */
final class ModelReader<M extends Params> extends MLReader<M> {
  private final Class<M> type;
  private final BiFunction<String, BatchScorer, M> maker;

  ModelReader(Class<M> type, BiFunction<String, BatchScorer, M> maker) {
    this.type = type;
    this.maker = maker;
  }

  @Override
  public M load(String path) {
    var metadata = DefaultParamsReader$.MODULE$.loadMetadata(path, sparkSession(), type.getName());
    try {
      Configuration hadoop = ModelWriter.hadoop(sparkSession());
      BatchScorer scorer =
          BatchScorer.read(
              new HadoopStorage(hadoop),
              ModelWriter.qualified(hadoop, path) + "/" + ModelWriter.FOLDER);
      M model = maker.apply(metadata.uid(), scorer);
      metadata.getAndSetParams(model, metadata.getAndSetParams$default$2());
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
