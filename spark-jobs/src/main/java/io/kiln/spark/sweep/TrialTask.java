package io.kiln.spark.sweep;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.data.Splits;
import io.kiln.nn.kernel.Blas;
import io.kiln.nn.train.FitListener;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.Json;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.DataCache;
import io.kiln.spark.train.WorkerFit;
import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.LongAccumulator;

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
   * What a trial brings home.
   *
   * @param result how the fit ended
   * @param machine where and with what it ran
   * @param executor Spark's name of the executor
   * @param seconds of the task
   */
  record Report(FitResult result, RunReport.Executor machine, String executor, double seconds) {}

  /** Trains; the report as JSON. */
  byte[] run() throws IOException {
    long start = System.nanoTime();
    // Nobody goes on from half a trial.
    RunConfig run = RunConfig.of(config).with(Map.of("train.checkpoint-every", "none"));
    Splits data = DataCache.get(run.data(), dataRoot, storage);
    SparkEnv env = SparkEnv.get();
    String host = env.blockManager().blockManagerId().host();
    if (!fingerprint.isEmpty()) {
      DataCache.check(data.fingerprint(), fingerprint, "executor " + env.executorId() + "@" + host);
    }
    FitResult result =
        new WorkerFit(run, data, storage, dataRoot, threads, Collective.alone(), false)
            .run(new Counting(), null)
            .result();
    return Json.bytes(
        new Report(
            result,
            new RunReport.Executor(host, Blas.name(), threads),
            env.executorId() + "@" + host,
            (System.nanoTime() - start) / 1e9));
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
