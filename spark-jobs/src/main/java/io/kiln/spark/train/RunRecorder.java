package io.kiln.spark.train;

import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Summary;
import io.kiln.nn.train.AnswerDetails;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.train.Timing;
import io.kiln.spark.fit.DataFacts;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.fit.FitOutcome;
import io.kiln.spark.fit.WorkerMessage;
import io.kiln.spark.job.KilnVersion;
import io.kiln.spark.report.AnswerReport;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.RunReportBuilder;
import io.kiln.spark.report.StepSeries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.package$;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the report of a run up to date from what the workers tell. Thread-safe: messages come on
 * the control channel's thread.
 */
final class RunRecorder {
  private final RunFolder folder;
  private final List<Integer> workers = new ArrayList<>();
  private final Map<Integer, RunReport.Executor> executors = new TreeMap<>();
  private final Map<Integer, Long> bytesRead = new TreeMap<>();
  private int attempts;
  private long lostSteps;
  private long furthest;
  private boolean stopped;
  private @Nullable StepSeries stepsBefore;

  RunRecorder(RunFolder folder) {
    this.folder = folder;
  }

  /** Software and machines, as far as known before any worker has spoken. */
  static RunReport.Environment environment(int workers, List<RunReport.Executor> executors) {
    return new RunReport.Environment(
        KilnVersion.current(),
        package$.MODULE$.SPARK_VERSION(),
        System.getProperty("java.vendor") + " " + System.getProperty("java.version"),
        workers,
        executors);
  }

  /** Writes what is known of data and network, and what one gets without learning. */
  synchronized void describe(DataFacts data, Network network, FitData.@Nullable Guess guess) {
    Summary summary = Summary.of(network);
    List<RunReport.Layer> layers = new ArrayList<>();
    for (Summary.Row row : summary.rows()) {
      List<Integer> shape = new ArrayList<>();
      for (int size : row.outputShape().sizes()) {
        shape.add(size);
      }
      layers.add(
          new RunReport.Layer(
              row.name(),
              row.type(),
              shape,
              row.parameters(),
              row.forwardFlops(),
              row.backwardFlops()));
    }
    RunReportBuilder change =
        folder
            .report()
            .change()
            .running()
            .data(TrainRun.described(data))
            .model(new RunReport.Model(network.params().parameterCount(), layers));
    if (guess != null) {
      change =
          change.baseline(
              new RunReport.Baseline(
                  guess.answer(), score(guess.validation()), score(guess.test())));
    }
    folder.update(change.report());
  }

  private static RunReport.@Nullable Score score(@Nullable Evaluation evaluation) {
    return evaluation == null ? null : RunReport.Score.of(evaluation);
  }

  /** The configuration this run has now, and what of it is not as it was before a break. */
  synchronized void resumed(Map<String, Object> config, List<String> changes) {
    folder.update(folder.report().change().resumed(config, changes).report());
  }

  /**
   * An attempt begins from a step.
   *
   * @param known the epochs up to there; the report may lack the last of them, if the driver was
   *     killed before it wrote them
   */
  synchronized void attempt(int number, int size, long fromStep, List<EpochRecord> known) {
    if (number > 1) {
      lostSteps += Math.max(0, furthest - fromStep);
    }
    attempts = number;
    workers.add(size);
    furthest = fromStep;
    executors.clear();
    bytesRead.clear();
    stepsBefore = folder.report().steps();
    if (!known.isEmpty()) {
      List<RunReport.Epoch> later = new ArrayList<>(folder.report().history());
      later.removeIf(epoch -> epoch.epoch() <= known.size());
      folder.update(withHistory(known, later).report());
    }
  }

  /** The report with these epochs instead of those it has. */
  private RunReportBuilder withHistory(List<EpochRecord> known, List<RunReport.Epoch> later) {
    List<RunReport.Epoch> epochs = new ArrayList<>();
    known.forEach(epoch -> epochs.add(reported(epoch)));
    epochs.addAll(later);
    return folder.report().change().history(epochs);
  }

  /**
   * The whole history, from the worker that has it: what the report says of epochs in the end does
   * not depend on how they were told on the way.
   */
  synchronized void history(List<EpochRecord> whole) {
    folder.update(withHistory(whole, List.of()).report());
  }

  synchronized void ready(WorkerMessage.Ready ready) {
    executors.put(ready.rank(), ready.executor());
    bytesRead.put(ready.rank(), ready.bytesRead());
    RunReportBuilder change =
        folder
            .report()
            .change()
            .environment(
                environment(workers.get(workers.size() - 1), List.copyOf(executors.values())))
            .recovery(attempts, lostSteps, workers);
    RunReport.Data data = folder.report().data();
    if (data != null) {
      change = change.data(data.withBytesRead(List.copyOf(bytesRead.values())));
    }
    folder.update(change.report());
  }

  /** What a worker says that only the report wants to know. */
  synchronized void told(WorkerMessage said) {
    if (said instanceof WorkerMessage.Curve curve) {
      folder.update(folder.report().change().steps(curve.series(), stepsBefore).report());
    } else if (said instanceof WorkerMessage.LayersSeen layers) {
      folder.update(folder.report().change().layers(layers.seen()).report());
    }
  }

  /** What there is to see of the answers. */
  synchronized void answers(@Nullable AnswerDetails details, DataFacts data) {
    if (details != null) {
      String on = data.test() > 0 ? "test" : "validation";
      AnswerReport answers = AnswerView.of(on, details, data.spec().classNames(), data.fitted());
      folder.update(folder.report().change().answers(answers).report());
    }
  }

  synchronized void step(long step) {
    furthest = Math.max(furthest, step);
  }

  /** A checkpoint could not be written; training goes on. */
  synchronized void saveFailed(String line) {
    folder.update(folder.report().change().saveFailed(line).report());
  }

  synchronized void epoch(EpochRecord epoch) {
    furthest = Math.max(furthest, epoch.step());
    folder.update(folder.report().change().epoch(reported(epoch)).report());
  }

  /** An epoch as the report has it. */
  static RunReport.Epoch reported(EpochRecord epoch) {
    return new RunReport.Epoch(
        epoch.epoch(),
        epoch.step(),
        epoch.trainLoss(),
        finite(epoch.trainAccuracy()),
        finite(epoch.validationLoss()),
        finite(epoch.validationAccuracy()),
        epoch.learningRate(),
        epoch.seconds(),
        epoch.samplesPerSecond());
  }

  /** Times as the report has them. */
  static RunReport.Timing reported(
      Timing timing, double startup, double total, List<Timing> workers) {
    return new RunReport.Timing(
        startup,
        timing.compute(),
        timing.communicate(),
        timing.data(),
        timing.checkpoint(),
        total,
        workers.isEmpty()
            ? null
            : workers.stream()
                .map(
                    one ->
                        new RunReport.WorkerTime(
                            one.compute(),
                            one.communicate(),
                            one.data(),
                            one.checkpoint(),
                            one.total()))
                .toList());
  }

  /** A test as the report has it. */
  static RunReport.@Nullable Test reported(@Nullable Evaluation test) {
    if (test == null) {
      return null;
    }
    return RunReport.Test.of(test);
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /**
   * The run is over and went well.
   *
   * @throws IOException if the report cannot be written: a run without one did not go well
   */
  synchronized void succeeded(
      RunReport.@Nullable Test test, FitOutcome outcome, double startup, double total)
      throws IOException {
    FitResult result = outcome.result();
    var change =
        folder
            .report()
            .change()
            .succeeded()
            .recovery(attempts, lostSteps, workers)
            .savedEpoch(result.bestEpoch());
    if (test != null) {
      change = change.test(test);
    }
    folder.write(
        change
            .timing(reported(result.timing(), startup, total, outcome.timings()))
            .weights(outcome.sha256())
            .report());
  }

  /** The run was told to end; what its end throws after that is no news. */
  synchronized void stopped(String why) {
    failed(why);
    stopped = true;
  }

  /** The run is over and failed. */
  synchronized void failed(String why) {
    if (stopped) {
      return;
    }
    folder.update(
        folder.report().change().failed(why).recovery(attempts, lostSteps, workers).report());
  }
}
