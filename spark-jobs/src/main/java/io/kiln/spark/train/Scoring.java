package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Samples;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.model.BareModel;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.train.AnswerDetails;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.Evaluator;
import io.kiln.spark.cluster.LeasedTasks;
import io.kiln.spark.fit.DataCache;
import io.kiln.spark.fit.TableData;
import io.kiln.spark.place.Places;
import io.kiln.spark.score.Inspected;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  /** Formats whose path is no place on storage. */
  private static final Set<String> NAMED = Set.of("table", "jdbc");

  /** Formats that Kiln and Spark read. */
  private static final Set<String> BOTH = Set.of("csv", "libsvm");

  /** What a task does with its part. */
  @FunctionalInterface
  interface Part extends Serializable {
    byte[] run(ModelFolder.Loaded model, Samples samples, int from, int to) throws IOException;
  }

  /** Takes what tasks give, in the order of the samples. */
  @FunctionalInterface
  interface Taker {
    void take(byte[] part) throws IOException;
  }

  /**
   * How the data of a request are read: format, means, class names, vocabulary come with the model;
   * the request's own keys win. Which rows it was trained on, and how other formats are opened, is
   * nothing to go by.
   *
   * @param model the data section of a model; empty around bare weights
   */
  static LinkedHashMap<String, Object> section(
      Map<String, Object> model, Map<String, Object> asked, Places places) {
    LinkedHashMap<String, Object> data = new LinkedHashMap<>(model);
    data.remove("where");
    Object format = asked.get("format");
    if (format != null && !format.equals(model.get("format"))) {
      data.keySet().removeAll(List.of("placement", "options", "table"));
    }
    data.putAll(asked);
    if (!NAMED.contains(String.valueOf(data.get("format")))) {
      data.computeIfPresent("path", (key, path) -> places.resolved("--data", String.valueOf(path)));
    }
    return data;
  }

  /** The scoring of a saved model over data of that section. */
  static Scoring of(HadoopStorage storage, String model, LinkedHashMap<String, Object> section) {
    return new Scoring(storage, HadoopStorage.qualified(model), new LinkedHashMap<>(), section);
  }

  /**
   * The scoring of a bare file of weights.
   *
   * @throws ConfigException if the data are a table: nothing says how it is read
   */
  static Scoring bare(
      HadoopStorage storage,
      String model,
      Map<String, Object> sections,
      LinkedHashMap<String, Object> section) {
    if (ofTable(section)) {
      throw new ConfigException(
          "--model: "
              + model
              + " does not say how the columns of a table become numbers; give the folder of a run,"
              + " with its model.yaml");
    }
    return new Scoring(
        storage, HadoopStorage.qualified(model), new LinkedHashMap<>(sections), section);
  }

  /**
   * Whether the rows are Spark's: those of its own formats, and of files that Kiln reads too if the
   * model was trained on a table.
   */
  static boolean ofTable(Map<String, Object> section) {
    boolean both = BOTH.contains(String.valueOf(section.get("format")));
    boolean placed = section.containsKey("placement");
    return TableData.describes(section) || (both && !placed && section.containsKey("widths"));
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

  /**
   * Runs tasks over parts of the samples, some at once, until all are done: what comes back at one
   * time is bounded, however many samples there are.
   *
   * @param tasks at once
   * @param most samples of a part
   */
  void run(JavaSparkContext spark, int tasks, int most, Part part, Taker taker) throws IOException {
    run(spark, samples().data().size(), tasks, most, part, taker);
  }

  private void run(JavaSparkContext spark, int all, int tasks, int most, Part part, Taker taker)
      throws IOException {
    LeasedTasks.run(
        spark,
        tasks,
        () -> {
          runParts(spark, all, tasks, most, part, taker);
          return taker;
        });
  }

  private void runParts(
      JavaSparkContext spark, int all, int tasks, int most, Part part, Taker taker)
      throws IOException {
    for (int from = 0; from < all; ) {
      int left = all - from;
      int size = Math.max(1, Math.min(most, (int) ((left + (long) tasks - 1) / tasks)));
      List<Integer> starts = new ArrayList<>();
      for (int i = 0; i < tasks && from < all; i++) {
        starts.add(from);
        from = (int) Math.min(all, (long) from + size);
      }
      List<byte[]> results =
          spark
              .parallelize(starts, starts.size())
              .map(start -> runPart(start, Math.min(size, all - start), part))
              .collect();
      for (byte[] result : results) {
        taker.take(result);
      }
    }
  }

  private byte[] runPart(int from, int size, Part part) throws IOException {
    return part.run(load(), samples(), from, from + size);
  }

  /** Loss and answers over all samples that have labels. */
  Evaluation evaluate(JavaSparkContext spark, int parts) throws IOException {
    return evaluate(spark, parts, false).evaluation();
  }

  /**
   * The same, with what there is to see of the answers.
   *
   * @param looks whether somebody wants to see them
   */
  Inspected evaluate(JavaSparkContext spark, int parts, boolean looks) throws IOException {
    int all = samples().judged().size();
    if (parts < 1 || all == 0) {
      throw new IllegalArgumentException(
          "evaluate: "
              + parts
              + " workers and "
              + all
              + " samples came but 1 is the least of both");
    }
    List<Inspected> results = new ArrayList<>();
    run(
        spark,
        all,
        parts,
        Integer.MAX_VALUE,
        (loaded, samples, from, to) -> {
          AnswerDetails seen = Inspected.room(loaded, looks);
          Evaluation evaluation =
              new Evaluator(loaded.network(), loaded.loss())
                  .evaluate(samples.judged(), from, to, seen);
          return Inspected.of(evaluation, seen).toBytes();
        },
        result -> results.add(Inspected.of(result)));
    Inspected sum = results.get(0);
    for (Inspected one : results.subList(1, results.size())) {
      sum = sum.plus(one);
    }
    return sum;
  }
}
