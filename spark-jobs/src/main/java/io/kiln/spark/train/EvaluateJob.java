package io.kiln.spark.train;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Samples;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Locations;
import io.kiln.nn.layer.Network;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.train.AnswerDetails;
import io.kiln.nn.train.Evaluation;
import io.kiln.spark.config.EvaluateRequest;
import io.kiln.spark.job.Job;
import io.kiln.spark.report.AnswerReport;
import io.kiln.spark.report.Json;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.score.Inspected;
import io.kiln.spark.score.TableScoring;
import io.kiln.spark.shards.GivenTable;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** {@code kiln evaluate}: loss, accuracy and confusion matrix of a saved network. */
public final class EvaluateJob implements Job<EvaluateRequest> {
  /**
   * What was found.
   *
   * @param network that was judged
   * @param data the section of the data
   * @param samples that have labels
   * @param given all samples
   */
  private record Judged(
      Network network,
      Map<String, Object> data,
      long samples,
      long given,
      List<String> notes,
      Inspected inspected) {
    Evaluation evaluation() {
      return inspected.evaluation();
    }

    /** What there is to see of the answers; null if nobody looked. */
    @Nullable AnswerReport answers() {
      AnswerDetails seen = inspected.seen();
      return seen == null ? null : AnswerView.of("test", seen, network.spec().classNames(), data);
    }
  }

  /**
   * What programs read.
   *
   * @param test as in the report of a run
   * @param answers likewise
   */
  private record Written(@JsonUnwrapped RunReport.Test test, @Nullable AnswerReport answers) {}

  @Override
  public void run(EvaluateRequest request, PrintStream out) throws Exception {
    try (SparkRuntime runtime = new SparkRuntime("evaluate", request.place().master())) {
      String asked = request.place().out();
      String place = asked == null ? null : runtime.places().out(asked);
      Judged judged = judged(request, runtime);
      for (String note : judged.notes()) {
        out.println("note: " + note);
      }
      Evaluation result = judged.evaluation();
      if (Double.isNaN(result.loss())) {
        throw new FormatException(
            request.model(),
            -1,
            "its loss is no number; samples lie far outside of what it was trained on, or its"
                + " weights are too great: look at both");
      }
      print(judged.samples(), result, out);
      RunReport.Test test = RunRecorder.reported(result);
      if (place != null && test != null) {
        out.println("written   " + written(runtime.storage(), place, request, judged, test));
      }
    }
  }

  private static Judged judged(EvaluateRequest request, SparkRuntime runtime) throws IOException {
    HadoopStorage storage = runtime.storage();
    if (!request.sections().isEmpty()) {
      LinkedHashMap<String, Object> section =
          Scoring.section(Map.of(), request.data(), runtime.places());
      return samples(
          request, runtime, Scoring.bare(storage, request.model(), request.sections(), section));
    }
    ModelFolder.Loaded loaded = ModelFolder.read(storage, request.model());
    LinkedHashMap<String, Object> section =
        Scoring.section(loaded.data(), request.data(), runtime.places());
    return Scoring.ofTable(section)
        ? table(request, runtime, loaded, section)
        : samples(request, runtime, Scoring.of(storage, request.model(), section));
  }

  private static Judged table(
      EvaluateRequest request,
      SparkRuntime runtime,
      ModelFolder.Loaded loaded,
      Map<String, Object> section)
      throws IOException {
    GivenTable table =
        Given.table(
            runtime, request.place(), loaded, section, request.data(), GivenTable.Use.EVALUATE);
    try (TableScoring scoring =
        new TableScoring(runtime.session(), runtime.storage(), request.model(), loaded, table)) {
      TableScoring.Judged judged = scoring.evaluate(request.place().out() != null);
      List<String> notes = new ArrayList<>(table.notes());
      notes.addAll(judged.scored().notes());
      long rows = judged.scored().rows();
      return new Judged(loaded.network(), section, rows, rows, notes, judged.inspected());
    }
  }

  private static Judged samples(EvaluateRequest request, SparkRuntime runtime, Scoring scoring)
      throws IOException {
    Network network = Given.samples(scoring, request.place(), request.data()).network();
    Samples given = scoring.samples();
    int samples = given.judged().size();
    if (samples == 0) {
      throw new ConfigException(
          "--data: the samples have no labels to compare answers with; give labelled data, or use"
              + " kiln predict");
    }
    try (JavaSparkContext spark = runtime.start()) {
      Inspected result = scoring.evaluate(spark, request.workers(), request.place().out() != null);
      return new Judged(
          network, scoring.data(), samples, given.data().size(), given.notes(), result);
    }
  }

  private static void print(long samples, Evaluation result, PrintStream out) {
    out.println("samples   " + samples);
    out.println("loss      " + number(result.loss()));
    if (result.answered() > 0) {
      out.printf(
          Locale.ROOT,
          "accuracy  %.4f  (%d of %d)%n",
          result.accuracy(),
          result.right(),
          result.answered());
      printConfusion(result.confusion(), out);
    } else {
      out.println("rmse      " + number(result.rmse()));
      out.println("mae       " + number(result.errors().mae()));
      out.println("r2        " + number(result.errors().r2()));
    }
  }

  /** To be compared with others: six digits after the point, of great ones seven in all. */
  private static String number(double value) {
    int whole = (int) Math.floor(Math.log10(Math.max(1, Math.abs(value))));
    return String.format(Locale.ROOT, "%." + Math.max(0, 6 - whole) + "f", value);
  }

  /**
   * A folder with a report for people and one for programs, and the numbers alone; or one file with
   * these.
   */
  private static String written(
      HadoopStorage storage,
      String place,
      EvaluateRequest request,
      Judged judged,
      RunReport.Test test)
      throws IOException {
    AnswerReport answers = judged.answers();
    Written written = new Written(test, answers);
    if (place.endsWith(".json")) {
      write(storage, place, written);
      return place;
    }
    Map<String, Object> config = new LinkedHashMap<>(request.sections());
    config.put("model-folder", request.model());
    config.put("data", judged.data());
    List<String> names = judged.network().spec().classNames();
    try (RunFolder folder =
        RunFolder.create(
            storage,
            place,
            "evaluation of " + Locations.name(request.model()),
            config,
            RunRecorder.environment(request.workers(), List.of()))) {
      folder.write(
          folder
              .report()
              .change()
              .data(new RunReport.Data(0, 0, judged.given(), "", names.isEmpty() ? null : names))
              .model(RunReport.Model.of(judged.network().summary()))
              .test(test)
              .answers(answers)
              .succeeded()
              .report());
      write(storage, folder.path("evaluation.json"), written);
      return folder.path("report.html");
    }
  }

  private static void write(HadoopStorage storage, String file, Written written)
      throws IOException {
    try (OutputStream json = storage.create(file)) {
      json.write(Json.bytes(written));
    }
  }

  private static void printConfusion(long[][] confusion, PrintStream out) {
    if (confusion.length == 0 || confusion.length > 30) {
      return;
    }
    out.println("confusion (row: true class, column: answer)");
    for (long[] row : confusion) {
      StringBuilder line = new StringBuilder();
      for (long count : row) {
        line.append(String.format(Locale.ROOT, "%7d", count));
      }
      out.println(line);
    }
  }
}
