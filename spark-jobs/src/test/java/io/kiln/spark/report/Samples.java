package io.kiln.spark.report;

import io.kiln.nn.train.LayerWatch;
import io.kiln.spark.report.RunReport.Data;
import io.kiln.spark.report.RunReport.Environment;
import io.kiln.spark.report.RunReport.Epoch;
import io.kiln.spark.report.RunReport.Executor;
import io.kiln.spark.report.RunReport.Layer;
import io.kiln.spark.report.RunReport.Model;
import io.kiln.spark.report.RunReport.Status;
import io.kiln.spark.report.RunReport.Test;
import io.kiln.spark.report.RunReport.Timing;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Reports like those of real runs. */
final class Samples {
  private Samples() {}

  static Environment environment() {
    return new Environment(
        "0.1.0",
        "4.1.0",
        "17.0.15",
        2,
        List.of(
            new Executor("node-1", "JNIBLAS, OpenBLAS 0.3.31", 4),
            new Executor("node-2", "JNIBLAS, OpenBLAS 0.3.31", 4)));
  }

  static Map<String, Object> config(String name) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("name", name);
    config.put("data", Map.of("format", "mnist", "path", "mnist", "validation", 5000));
    config.put("model", Map.of("type", "mlp", "hidden", List.of(256)));
    config.put("loss", Map.of("type", "softmax-cross-entropy"));
    config.put("optimizer", Map.of("type", "sgd", "learning-rate", 0.1, "momentum", 0.9));
    config.put("train", Map.of("epochs", 12, "batch-size", 128, "seed", 1));
    return config;
  }

  static RunReport begun() {
    return RunReport.begun(
        "mnist-mlp",
        "mnist-mlp-20261121-031500",
        "2026-11-21T03:15:00.123Z",
        config("mnist-mlp"),
        environment());
  }

  /** A good classification. */
  static RunReport classification() {
    Random random = new Random(1);
    RunReportBuilder report = begun().change();
    report
        .data(new Data(55_000, 5_000, 10_000, "9f2c1b7e0a4d6c38", null))
        .model(
            new Model(
                203_530,
                List.of(
                    new Layer("dense1", "dense", List.of(256), 200_960, 401_408, 401_664),
                    new Layer("relu1", "relu", List.of(256), 0, 256, 256),
                    new Layer("dense2", "dense", List.of(10), 2_570, 5_120, 10_250))));
    for (int epoch = 1; epoch <= 12; epoch++) {
      double train = 0.35 * Math.exp(-0.42 * epoch) + 0.004;
      report.epoch(
          new Epoch(
              epoch,
              430L * epoch,
              train,
              1 - train * 0.3,
              0.06 + 0.2 * Math.exp(-0.7 * epoch) + 0.004 * random.nextDouble(),
              0.982 - 0.04 * Math.exp(-0.6 * epoch) + 0.001 * random.nextDouble(),
              0.1 * Math.pow(0.95, epoch - 1),
              0.62 + (epoch == 1 ? 0.5 : 0.1 * random.nextDouble()),
              88_000 + 4_000 * random.nextDouble() - (epoch == 1 ? 40_000 : 0)));
    }
    return report
        .test(new Test(0.0633, 0.9812, confusion(10, 1000, 0.0188, random), null, null, null))
        .baseline(
            new RunReport.Baseline(
                "the most frequent class 1", null, new RunReport.Score(2.3012, 0.1135, null, null)))
        .savedEpoch(12)
        .timing(new Timing(3.1, 6.4, 0.9, 0.4, 0.3, 11.6))
        .weights("5e1d8b0b5f0f7a1c2d3e4f5061728394a5b6c7d8e9f00112233445566778899a")
        .succeeded()
        .report();
  }

  /** The good classification with all that can be recorded. */
  static RunReport detailed() {
    RunReport good = classification();
    List<Long> step = new ArrayList<>();
    List<Double> loss = new ArrayList<>();
    List<Double> accuracy = new ArrayList<>();
    List<Double> rate = new ArrayList<>();
    List<Double> seconds = new ArrayList<>();
    List<Double> part = new ArrayList<>();
    for (int i = 1; i <= 300; i++) {
      step.add(17L * i);
      loss.add(2.3 * Math.exp(-i / 60.0) + 0.02 * (i % 7));
      accuracy.add(1 - 0.9 * Math.exp(-i / 50.0));
      rate.add(0.1 * Math.pow(0.99, i));
      seconds.add(0.002);
      part.add(0.0003);
    }
    AnswerReport.Scores all =
        new AnswerReport.Scores(
            "all together",
            0.9876,
            0.95,
            List.of(0.0, 0.02, 1.0),
            List.of(0.0, 0.9, 1.0),
            List.of(0.2, 0.9, 1.0),
            List.of(1.0, 0.9, 0.1));
    AnswerReport.Scores one =
        new AnswerReport.Scores(
            "3",
            0.9765,
            0.9,
            List.of(0.0, 0.1, 1.0),
            List.of(0.0, 0.8, 1.0),
            List.of(0.2, 0.9, 1.0),
            List.of(1.0, 0.8, 0.1));
    AnswerReport answers =
        new AnswerReport(
            "test",
            List.of(all, one),
            0.9765,
            0.9,
            new AnswerReport.Calibration(
                0.025, List.of(0.55, 0.98), List.of(0.5, 0.97), List.of(200L, 9800L)),
            List.of(
                new AnswerReport.Shown(
                    17, null, " ", "\n", 0.999, 9.2, "data:image/png;base64,iVBORw0KGgo=", null)),
            List.of(
                new AnswerReport.Shown(
                    4, null, "a", "a", 0.87, 0.139, "data:image/png;base64,iVBORw0KGgo=", null),
                new AnswerReport.Shown(
                    9, null, "a", "b", 0.6, 1.2, "data:image/png;base64,iVBORw0KGgo=", null)),
            null,
            null);
    RunReportBuilder report =
        good.change()
            .steps(new StepSeries(step, loss, accuracy, rate, seconds, part, part), null)
            .answers(answers)
            .timing(
                new Timing(
                    3.1,
                    6.4,
                    0.9,
                    0.4,
                    0.3,
                    11.6,
                    List.of(
                        new RunReport.WorkerTime(6.4, 0.9, 0.4, 0.3, 8),
                        new RunReport.WorkerTime(6, 1.3, 0.4, 0, 8))));
    for (int epoch = 1; epoch <= 3; epoch++) {
      LayerWatch.Spread spread =
          new LayerWatch.Spread(3.0 + epoch, -1, 1, java.util.Collections.nCopies(30, 5L));
      report.layers(
          new LayerWatch.Seen(
              epoch,
              List.of(new LayerWatch.Layer("dense1.weight", spread, spread)),
              List.of(new LayerWatch.Rectifier("relu1", 0.125))));
    }
    return report.report();
  }

  /** A regression that overfits after two attempts on a slow BLAS. */
  static RunReport regression() {
    RunReportBuilder report =
        RunReport.begun(
                "housing",
                "housing-1",
                "2026-11-21T03:15:00Z",
                config("housing"),
                new Environment(
                    "0.1.0",
                    "4.1.0",
                    "17.0.15",
                    1,
                    List.of(new Executor("here", "Java11BLAS (Java)", 2))))
            .change();
    for (int epoch = 1; epoch <= 30; epoch++) {
      report.epoch(
          new Epoch(
              epoch,
              10L * epoch,
              2000 * Math.exp(-0.5 * epoch) + 0.1,
              null,
              2000 * Math.exp(-0.5 * epoch) + 0.2 + 0.01 * epoch,
              null,
              0.01,
              0.1,
              1000));
    }
    return report
        .test(new Test(0.3, null, null, 0.5477, 0.41, 0.87))
        .baseline(
            new RunReport.Baseline(
                "the mean 22.5", null, new RunReport.Score(84.6, null, 9.2, 6.6)))
        .recovery(2, 130, List.of(2, 2))
        .succeeded()
        .report();
  }

  /** A network whose loss is no number any more; its name is an attack. */
  static RunReport diverged() {
    return RunReport.begun(
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "2026-11-21T03:15:00Z",
            Map.of("name", "</script><script>alert(2)</script>"),
            environment())
        .change()
        .epoch(new Epoch(1, 10, Double.NaN, 0.1, null, null, 10, 0.5, 1000))
        .failed("step 12: the loss is NaN; lower optimizer.learning-rate")
        .report();
  }

  static List<List<Long>> confusion(int classes, int each, double wrong, Random random) {
    List<List<Long>> counts = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      Long[] row = new Long[classes];
      java.util.Arrays.fill(row, 0L);
      row[i] = (long) each;
      int mistakes = (int) Math.round(each * wrong * (0.5 + random.nextDouble()));
      for (int k = 0; k < mistakes; k++) {
        int j = (i + 1 + (int) Math.abs(random.nextGaussian() * 3)) % classes;
        if (j != i) {
          row[i]--;
          row[j]++;
        }
      }
      counts.add(List.of(row));
    }
    return counts;
  }

  /** Six hidden sizes by three learning rates on two executors of two slots. */
  static SweepReport sweep() {
    Random random = new Random(2);
    List<Trial> trials = new ArrayList<>();
    double[] busy = new double[4];
    for (int hidden : new int[] {32, 64, 128, 256, 512, 1024}) {
      for (double rate : new double[] {0.3, 0.1, 0.03}) {
        int slot = trials.size() % 4;
        double accuracy =
            0.985
                - 0.03 * Math.exp(-hidden / 90.0)
                - (hidden == 1024 ? 0.002 : 0)
                - 0.01 * Math.abs(Math.log10(rate / 0.1))
                + 0.001 * random.nextDouble();
        boolean failed = hidden == 1024 && rate == 0.3;
        double seconds = failed ? 1.2 : 1 + hidden / 60.0;
        List<Double> curve = new ArrayList<>();
        for (int epoch = 1; epoch <= (failed ? 1 : 8); epoch++) {
          curve.add(failed ? Double.NaN : accuracy - 0.05 * Math.exp(-0.7 * epoch));
        }
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("model.hidden", List.of(hidden));
        params.put("optimizer.learning-rate", rate);
        trials.add(
            new Trial(
                String.format(Locale.ROOT, "t%03d", trials.size() + 1),
                params,
                failed
                    ? TrialStatus.FAILED
                    : accuracy < 0.957 ? TrialStatus.STOPPED : TrialStatus.SUCCEEDED,
                curve.size(),
                failed ? null : accuracy,
                failed ? null : 1.2 - accuracy,
                seconds,
                slot < 2 ? "node-1" : "node-2",
                busy[slot],
                curve,
                failed ? "the loss is NaN" : null));
        busy[slot] += seconds + 0.1;
      }
    }
    return new SweepReport(
        Status.SUCCEEDED,
        "mnist-sweep",
        "2026-11-21T03:15:00Z",
        null,
        config("mnist-sweep"),
        "validation.accuracy",
        trials,
        new SweepReport.Best("t014", trials.get(13).params()),
        new Test(0.06, 0.9841, null, null, null, null),
        0.87,
        41.0);
  }
}
