package io.kiln.spark.sweep;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.data.Splits;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.kernel.Blas;
import io.kiln.nn.train.FitListener;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.DataCache;
import io.kiln.spark.fit.FitSamples;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.fit.WorkerFit;
import io.kiln.spark.job.Failures;
import io.kiln.spark.report.Json;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;

/**
 * One trial: trains alone on one slot, on the data its executor has cached for all trials.
 *
 * @param config resolved configuration of the trial
 * @param storage where data are
 * @param dataRoot folder of data sets
 * @param threads of the slot
 * @param counter of thousandths done, up to {@link TrialProgress#WHOLE}
 * @param fingerprint of the driver's copy of the data, empty if the trial has data of its own
 */
record TrialTask(
    LinkedHashMap<String, Object> config,
    HadoopStorage storage,
    String dataRoot,
    int threads,
    LongAccumulator counter,
    String fingerprint)
    implements Serializable {
  /**
   * What a trial brings home. That it failed is a result too: Spark would run a task that throws
   * four times, each a whole training, and then lay the blame on the executor.
   *
   * @param result how the fit ended, or null if it failed
   * @param error why it failed, or null
   * @param data what it was trained on, or null if it could not be read
   * @param machine where and with what it ran
   * @param executor Spark's name of the executor
   * @param seconds of the task
   */
  record Report(
      @Nullable FitResult result,
      @Nullable String error,
      RunReport.@Nullable Data data,
      RunReport.Executor machine,
      String executor,
      double seconds) {}

  /**
   * Trains; the report as JSON.
   *
   * @throws IOException if the same again may succeed
   */
  byte[] run() throws IOException {
    long start = System.nanoTime();
    SparkEnv env = SparkEnv.get();
    String host = env.blockManager().blockManagerId().host();
    FitResult result = null;
    String error = null;
    RunReport.Data read = null;
    try {
      RunConfig run = RunConfig.of(config);
      WholeData data = WholeData.of(run.data(), dataRoot, storage);
      if (!fingerprint.isEmpty()) {
        String who = "executor " + env.executorId() + "@" + host;
        DataCache.check(data.facts().fingerprint(), fingerprint, who);
      }
      read = TrainRun.described(data.facts());
      TrainRun.check(run, data, dataRoot, storage);
      result = fit(data.splits());
    } catch (IOException | RuntimeException e) {
      if (mayPass(e)) {
        throw e;
      }
      error = Failures.of(e).line();
    }
    return Json.bytes(
        new Report(
            result,
            error,
            read,
            new RunReport.Executor(host, Blas.name(), threads),
            env.executorId() + "@" + host,
            (System.nanoTime() - start) / 1e9));
  }

  /** Whether the trouble may be of the moment: a network, a file system, a task that is ended. */
  static boolean mayPass(Exception e) {
    if (e instanceof UncheckedIOException && e.getCause() instanceof IOException cause) {
      return mayPass(cause);
    }
    boolean ended = e instanceof CancellationException || e instanceof TaskKilledException;
    boolean file = e instanceof FormatException || e instanceof FileSystemException;
    return ended || (e instanceof IOException && !file);
  }

  private FitResult fit(Splits data) throws IOException {
    // Nobody goes on from half a trial.
    RunConfig run = RunConfig.of(config).with(Map.of("train.checkpoint-every", "none"));
    FitSamples samples = FitSamples.of(data, run, 0);
    return new WorkerFit(run, samples, storage, dataRoot, threads, Collective.alone(), false)
        .run(new Counting(), null)
        .result();
  }

  /** Counts steps. */
  private final class Counting implements FitListener {
    private long told;

    @Override
    public void onStep(long step, long stepsInAll, double loss, int samples) {
      long now = TrialProgress.WHOLE * step / stepsInAll;
      if (now > told) {
        counter.add(now - told);
        told = now;
      }
    }
  }
}
