package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Samples;
import io.kiln.nn.train.Evaluation;
import io.kiln.spark.config.EvaluateRequest;
import io.kiln.spark.job.Job;
import io.kiln.spark.report.Json;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;

/** {@code kiln evaluate}: loss, accuracy and confusion matrix of a saved network. */
public final class EvaluateJob implements Job<EvaluateRequest> {
  @Override
  public void run(EvaluateRequest request, PrintStream out) throws Exception {
    SparkRuntime runtime = new SparkRuntime("evaluate", request.place().master());
    HadoopStorage storage = runtime.storage();
    Scoring scoring = Scoring.of(storage, request.model(), request.sections(), request.data());
    Samples given = scoring.samples();
    int samples = given.judged().size();
    if (samples == 0) {
      throw new ConfigException(
          "--data: the samples have no labels to compare answers with; give labelled data, or use"
              + " kiln predict");
    }
    scoring.load(); // before Spark starts, to find mistakes early
    for (String note : given.notes()) {
      out.println("note: " + note);
    }
    Evaluation result;
    try (JavaSparkContext spark = runtime.start()) {
      result = scoring.evaluate(spark, request.workers());
    }
    RunReport.Test test = RunRecorder.reported(result);
    out.println("samples   " + samples);
    out.printf(Locale.ROOT, "loss      %.6f%n", result.loss());
    if (result.answered() > 0) {
      out.printf(
          Locale.ROOT,
          "accuracy  %.4f  (%d of %d)%n",
          result.accuracy(),
          result.right(),
          result.answered());
      printConfusion(result.confusion(), out);
    } else {
      out.printf(Locale.ROOT, "rmse      %.6f%n", result.rmse());
    }
    String place = request.place().out();
    if (place != null && test != null) {
      String file = place.endsWith(".json") ? place : place + "/evaluation.json";
      try (OutputStream json = storage.create(file)) {
        json.write(Json.bytes(test));
      }
      out.println("written   " + file);
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
