package io.kiln.spark.train;

import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.Samples;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.Evaluator;
import io.kiln.spark.report.Json;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A saved network run forward over data by Spark tasks, a part of the samples each.
 *
 * @param storage where model and data are
 * @param model run folder, model folder or safetensors file
 * @param data section of the data, with what the model's own training set fitted
 */
record Scoring(HadoopStorage storage, String model, LinkedHashMap<String, Object> data)
    implements Serializable {
  /** What a task does with its part. */
  @FunctionalInterface
  interface Part extends Serializable {
    byte[] run(ModelFolder.Loaded model, Dataset data, int from, int to) throws IOException;
  }

  /**
   * The scoring of a request: how data are read (means, class names, vocabulary) comes with the
   * model; the request's own keys win.
   */
  static Scoring of(HadoopStorage storage, String model, Map<String, Object> asked)
      throws IOException {
    Map<String, Object> trained = ModelFolder.read(storage, model).data();
    LinkedHashMap<String, Object> data = new LinkedHashMap<>(trained);
    data.putAll(asked);
    return new Scoring(storage, model, data);
  }

  /** The samples at the place that was asked for. */
  Samples samples() throws IOException {
    return DataCache.samples(data, String.valueOf(data.get("path")), storage);
  }

  /** Runs a task for each part of the samples; the results in order. */
  List<byte[]> run(JavaSparkContext spark, int parts, Part part) throws IOException {
    ModelFolder.Loaded loaded = ModelFolder.read(storage, model);
    Dataset all = samples().data();
    check(loaded, all);
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      numbers.add(i);
    }
    return spark.parallelize(numbers, parts).map(number -> runPart(number, parts, part)).collect();
  }

  private byte[] runPart(int number, int parts, Part part) throws IOException {
    Dataset all = samples().data();
    int from = (int) ((long) number * all.size() / parts);
    int to = (int) ((long) (number + 1) * all.size() / parts);
    return part.run(ModelFolder.read(storage, model), all, from, to);
  }

  private void check(ModelFolder.Loaded loaded, Dataset all) throws IOException {
    if (!loaded.network().spec().inputs().equals(all.spec().inputs())) {
      throw new FormatException(
          String.valueOf(data.get("path")),
          -1,
          "samples are "
              + all.spec().inputs()
              + " but the model needs "
              + loaded.network().spec().inputs()
              + "; give data of the kind it was trained on");
    }
  }

  /** Loss and answers over all samples. */
  Evaluation evaluate(JavaSparkContext spark, int parts) throws IOException {
    List<byte[]> results =
        run(
            spark,
            parts,
            (loaded, all, from, to) ->
                Json.bytes(new Evaluator(loaded.network(), loaded.loss()).evaluate(all, from, to)));
    Evaluation sum = null;
    for (byte[] result : results) {
      Evaluation one = Json.read("evaluation of a worker", result, Evaluation.class);
      sum = sum == null ? one : sum.plus(one);
    }
    if (sum == null) {
      throw new IllegalArgumentException("evaluate: 0 workers came but 1 is the least");
    }
    return sum;
  }
}
