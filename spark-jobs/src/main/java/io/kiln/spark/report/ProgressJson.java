package io.kiln.spark.report;

import io.kiln.spark.report.RunReport.Epoch;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Progress as programs read it: an object of JSON a line. */
final class ProgressJson {
  private ProgressJson() {}

  /** Writes an event. */
  static void tell(PrintStream out, String event, Map<String, ?> values) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", event);
    line.putAll(values);
    out.println(Json.inScript(line));
    out.flush();
  }

  /** A step is done. */
  static Map<String, Object> step(
      int epoch,
      long step,
      long steps,
      double loss,
      double samplesPerSecond,
      @Nullable Double secondsLeft) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("epoch", epoch);
    line.put("step", step);
    line.put("steps", steps);
    line.put("loss", loss);
    line.put("samples_per_second", samplesPerSecond);
    line.put("seconds_left", secondsLeft);
    return line;
  }

  /** An epoch is done. */
  static Map<String, Object> epoch(
      Epoch epoch, int epochs, int bestEpoch, @Nullable Double secondsLeft) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("epoch", epoch.epoch());
    line.put("epochs", epochs);
    line.put("step", epoch.step());
    line.put("train_loss", epoch.trainLoss());
    line.put("train_accuracy", epoch.trainAccuracy());
    line.put("validation_loss", epoch.validationLoss());
    line.put("validation_accuracy", epoch.validationAccuracy());
    line.put("learning_rate", epoch.learningRate());
    line.put("samples_per_second", epoch.samplesPerSecond());
    line.put("seconds", epoch.seconds());
    line.put("best_epoch", bestEpoch);
    line.put("seconds_left", secondsLeft);
    return line;
  }
}
