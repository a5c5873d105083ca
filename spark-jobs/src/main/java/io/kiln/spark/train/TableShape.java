package io.kiln.spark.train;

import io.kiln.nn.data.SampleSpec;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.TableData;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the samples of a table look like, which only its rows say: how many texts and classes. */
public final class TableShape {
  private TableShape() {}

  /**
   * Reads the table that a configuration describes, once, on a Spark of its own.
   *
   * @param root folder of data sets, or null
   * @return null if the data are no table of Spark's
   */
  public static @Nullable SampleSpec of(RunConfig config, @Nullable String root)
      throws IOException {
    if (!TableData.describes(config.data())) {
      return null;
    }
    try (SparkRuntime runtime = new SparkRuntime("summary", null)) {
      String folder = runtime.places().dataRoot(root);
      return TableData.of(runtime.session(), config, folder).facts().spec();
    }
  }
}
