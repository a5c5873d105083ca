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
 * @param sections what is around a bare safetensors file; empty if a model.yaml says it
 * @param data section of the data, with what the model's own training set fitted
 */
record Scoring(
    HadoopStorage storage,
    String model,
    LinkedHashMap<String, Object> sections,
    LinkedHashMap<String, Object> data)
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
  static Scoring of(
      HadoopStorage storage, String model, Map<String, Object> sections, Map<String, Object> asked)
      throws IOException {
    LinkedHashMap<String, Object> data = new LinkedHashMap<>();
    if (sections.isEmpty()) {
      data.putAll(ModelFolder.read(storage, model).data());
    }
    data.putAll(asked);
    data.computeIfPresent("path", (key, path) -> HadoopStorage.qualified(String.valueOf(path)));
    return new Scoring(
        storage, HadoopStorage.qualified(model), new LinkedHashMap<>(sections), data);
  }

  /** The samples at the place that was asked for. */
  Samples samples() throws IOException {
    return DataCache.samples(data, String.valueOf(data.get("path")), storage);
  }

  /**
   * The network.
   *
   * @throws FormatException if it is not for such samples
   */
  ModelFolder.Loaded load() throws IOException {
    Samples samples = samples();
    ModelFolder.Loaded loaded =
        sections.isEmpty()
            ? ModelFolder.read(storage, model)
            : BareModel.read(storage, model, sections, samples);
    if (!loaded.network().spec().inputs().equals(samples.data().spec().inputs())) {
      throw new FormatException(
          String.valueOf(data.get("path")),
          -1,
          "samples are "
              + samples.data().spec().inputs()
              + " but the model needs "
              + loaded.network().spec().inputs()
              + "; give data of the kind it was trained on");
    }
    return loaded;
  }

  /** Runs a task for each part of the samples; the results in order. */
  List<byte[]> run(JavaSparkContext spark, int parts, Part part) throws IOException {
    return run(spark, parts, part, false);
  }

  private List<byte[]> run(JavaSparkContext spark, int parts, Part part, boolean judged) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      numbers.add(i);
    }
    return spark
        .parallelize(numbers, parts)
        .map(number -> runPart(number, parts, part, judged))
        .collect();
  }

  private byte[] runPart(int number, int parts, Part part, boolean judged) throws IOException {
    Dataset all = judged ? samples().judged() : samples().data();
    int from = (int) ((long) number * all.size() / parts);
    int to = (int) ((long) (number + 1) * all.size() / parts);
    return part.run(load(), all, from, to);
  }

  /** Loss and answers over all samples that have labels. */
  Evaluation evaluate(JavaSparkContext spark, int parts) throws IOException {
    List<byte[]> results =
        run(
            spark,
            parts,
            (loaded, all, from, to) ->
                Json.bytes(new Evaluator(loaded.network(), loaded.loss()).evaluate(all, from, to)),
            true);
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
