package io.kiln.spark.train;

import io.kiln.nn.layer.Network;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.train.EpochRecord;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.FitEvents;
import io.kiln.spark.fit.FitOutcome;
import io.kiln.spark.fit.FitPlan;
import io.kiln.spark.fit.FitRunner;
import io.kiln.spark.fit.FitSpec;
import io.kiln.spark.fit.Keep;
import io.kiln.spark.fit.WorkerMessage;
import io.kiln.spark.job.Failures;
import io.kiln.spark.mlflow.Tracking;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A fit inside somebody's application that keeps a run folder, with report and checkpoints. It
 * prints nothing and hooks no JVM.
 */
public final class RecordedFit implements FitEvents {
  private static final String CHECKPOINTS = "checkpoints";
  private static final String MODEL = "model";

  private final RunRecorder recorder;

  private RecordedFit(RunRecorder recorder) {
    this.recorder = recorder;
  }

  /**
   * Trains, and fills the network with what came of it.
   *
   * @param path of the run folder; a sibling's if it is not free
   * @throws IOException if the folder cannot be written, or as {@link FitRunner#run}
   */
  public static FitOutcome run(
      JavaSparkContext spark, HadoopStorage storage, FitSpec spec, FitPlan plan, String path)
      throws IOException {
    long start = System.nanoTime();
    RunConfig config = spec.config();
    try (RunFolder folder =
        RunFolder.create(
            storage,
            path,
            config.name(),
            config.resolved(),
            RunRecorder.environment(config.cluster().workers().least(), List.of()))) {
      Tracking.follow(folder, config, storage);
      RunRecorder recorder = new RunRecorder(folder);
      try {
        Network network = plan.network();
        recorder.describe(spec.data().facts(), network, spec.data().guess(plan));
        String model = folder.path(MODEL);
        FitOutcome outcome =
            new FitRunner(spark, storage)
                .run(
                    spec.keeping(new Keep.Folder(model))
                        .saved(
                            folder.path(CHECKPOINTS),
                            "",
                            Resumption.metadata(config, spec.data().facts())),
                    new RecordedFit(recorder));
        ModelFolder.fill(network, storage, ModelFolder.weights(model));
        recorder.history(outcome.result().history());
        recorder.answers(outcome.answers(), spec.data().facts());
        recorder.succeeded(
            RunRecorder.reported(outcome.test()), outcome, 0, (System.nanoTime() - start) / 1e9);
        return outcome;
      } catch (IOException | RuntimeException e) {
        recorder.failed(Failures.of(e).line());
        throw e;
      }
    }
  }

  @Override
  public void attempt(int number, int workers, long fromStep, List<EpochRecord> known) {
    recorder.attempt(number, workers, fromStep, known);
  }

  @Override
  public void told(WorkerMessage said) {
    recorder.told(said);
    if (said instanceof WorkerMessage.Ready ready) {
      recorder.ready(ready);
    } else if (said instanceof WorkerMessage.Stepped stepped) {
      recorder.step(stepped.step());
    } else if (said instanceof WorkerMessage.EpochDone done) {
      recorder.epoch(done.epoch());
    } else if (said instanceof WorkerMessage.Saved saved) {
      recorder.step(saved.step());
    } else if (said instanceof WorkerMessage.SaveFailed failed) {
      recorder.saveFailed(
          "checkpoint of step " + failed.step() + " could not be saved: " + failed.why());
    }
  }
}
