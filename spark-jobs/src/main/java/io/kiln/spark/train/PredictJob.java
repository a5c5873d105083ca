package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.layer.Loss;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.Answers;
import io.kiln.nn.train.Evaluator;
import io.kiln.spark.config.PredictRequest;
import io.kiln.spark.job.Job;
import io.kiln.spark.store.HadoopStorage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * {@code kiln predict}: the answer to each sample, in the order of the data; Id counts from 1, as
 * Kaggle's submissions do. A regression gives the predicted number as Category.
 */
public final class PredictJob implements Job<PredictRequest> {
  /** Numbers of a part: how many a sample has, then theirs; as doubles. */
  private static byte[] scores(ModelFolder.Loaded loaded, Dataset all, int from, int to) {
    int width = width(loaded.network(), loaded.loss());
    ByteBuffer bytes = ByteBuffer.allocate(4 + 8 * width * (to - from)).putInt(width);
    boolean classifies = loaded.network().spec().classes() > 1;
    new Evaluator(loaded.network(), loaded.loss())
        .outputs(
            all,
            from,
            to,
            (output, first) -> {
              Tensor scores =
                  classifies
                      ? Answers.probabilities(loaded.network(), loaded.loss(), output)
                      : output;
              for (int i = 0; i < scores.count(); i++) {
                bytes.putDouble(scores.get(i));
              }
            });
    return bytes.array();
  }

  /** How many numbers a sample is answered with: one score for yes or no becomes two. */
  private static int width(Network network, Loss loss) {
    boolean single = network.spec().classes() == 2 && loss.kind().isBinary();
    return single ? 2 : Math.max(1, network.output().count());
  }

  @Override
  public void run(PredictRequest request, PrintStream out) throws Exception {
    SparkRuntime runtime = new SparkRuntime("predict", request.place().master());
    HadoopStorage storage = runtime.storage();
    Scoring scoring = Scoring.of(storage, request.model(), request.sections(), request.data());
    ModelFolder.Loaded loaded = scoring.load();
    Network network = loaded.network();
    List<String> names = names(storage, request, network, width(network, loaded.loss()));
    try (JavaSparkContext spark = runtime.start()) {
      List<double[]> rows = new ArrayList<>();
      for (byte[] part : scoring.run(spark, request.workers(), PredictJob::scores)) {
        addRows(part, rows);
      }
      Predictions predictions =
          new Predictions(
              request, rows, network.spec().classes() > 1, scoring.samples().ids(), names);
      String place = request.out();
      if (place == null) {
        predictions.print(out);
        return;
      }
      String written =
          request.parquet() ? predictions.parquet(spark, place) : predictions.csv(storage, place);
      out.println(rows.size() + " predictions written to " + written);
    }
  }

  private static void addRows(byte[] part, List<double[]> rows) {
    ByteBuffer bytes = ByteBuffer.wrap(part);
    int width = bytes.getInt();
    while (bytes.remaining() >= 8 * width) {
      double[] row = new double[width];
      for (int j = 0; j < width; j++) {
        row[j] = bytes.getDouble();
      }
      rows.add(row);
    }
  }

  /** The names of the file that was given, without WordNet's numbers in front, or the model's. */
  private static List<String> names(
      HadoopStorage storage, PredictRequest request, Network network, int classes)
      throws IOException {
    String file = request.names();
    if (file == null) {
      return network.spec().classNames();
    }
    List<String> names;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(storage.open(file), StandardCharsets.UTF_8))) {
      names =
          lines
              .lines()
              .map(line -> line.replaceFirst("^n\\d{8}\\s+", "").strip())
              .filter(line -> !line.isEmpty())
              .toList();
    }
    if (names.size() != classes) {
      throw new ConfigException(
          "--names: "
              + file
              + " has "
              + names.size()
              + " names but the model answers with "
              + classes
              + " classes; give one line each");
    }
    return names;
  }
}
