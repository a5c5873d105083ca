package io.kiln.spark.train;

import io.kiln.nn.data.Captions;
import io.kiln.nn.io.Locations;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.score.CaptionWriter;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** What a run over captions is tested with besides its loss. */
final class Captioning {
  private Captioning() {}

  /**
   * BLEU-1 … BLEU-4 on the test images, the likeliest word each time; null if the run is not over
   * captions.
   *
   * @param model folder of the trained network
   * @param fitted what was fitted on the training part
   */
  static @Nullable List<Double> test(
      JavaSparkContext spark,
      HadoopStorage storage,
      RunConfig config,
      Map<String, Object> fitted,
      String root,
      String model)
      throws IOException {
    if (!"flickr8k".equals(config.data().get("format"))
        || !"caption-rnn".equals(config.model().get("type"))) {
      return null;
    }
    LinkedHashMap<String, Object> data = new LinkedHashMap<>(config.data());
    data.putAll(fitted);
    data.put("path", Locations.join(root, String.valueOf(data.getOrDefault("path", "flickr8k"))));
    CaptionWriter writer = new CaptionWriter(storage, List.of(model), data, 1, 0, false);
    Captions captions = writer.captions();
    return CaptionWriter.bleu(
        writer.write(spark, captions.images("test"), spark.defaultParallelism()));
  }
}
