package io.kiln.spark.train;

import io.kiln.nn.train.EpochRecord;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.FitEvents;
import io.kiln.spark.fit.FitOutcome;
import io.kiln.spark.fit.FitRunner;
import io.kiln.spark.fit.FitSpec;
import io.kiln.spark.fit.Keep;
import io.kiln.spark.fit.WorkerMessage;
import io.kiln.spark.report.Progress;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.ShutdownHookManager;
import scala.runtime.AbstractFunction0;
import scala.runtime.BoxedUnit;

/**
 * The fit of a run, told to its report and to people. A SIGTERM to the driver asks the gang to save
 * and leave, before Spark shuts down.
 */
final class TrainAttempts implements AutoCloseable, FitEvents {
  /** Above SparkContext's own hook (50), so that it runs first. */
  private static final int HOOK_PRIORITY = 100;

  /** Below the 30 s after which most who send a SIGTERM send a SIGKILL. */
  private static final Duration HOOK_PATIENCE = Duration.ofSeconds(25);

  private final TrainRun.Prepared prepared;
  private final String folder;
  private final Keep keep;
  private final RunRecorder recorder;
  private final Progress progress;
  private final FitRunner runner;
  private final AtomicLong firstReady = new AtomicLong();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Set<String> slow = ConcurrentHashMap.newKeySet();
  private final Object hook;

  TrainAttempts(
      JavaSparkContext spark,
      TrainRun.Prepared prepared,
      HadoopStorage storage,
      String folder,
      Keep keep,
      RunRecorder recorder,
      Progress progress) {
    this.prepared = prepared;
    this.folder = folder;
    this.keep = keep;
    this.recorder = recorder;
    this.progress = progress;
    this.runner = new FitRunner(spark, storage);
    this.hook = ShutdownHookManager.addShutdownHook(HOOK_PRIORITY, new StopFirst());
  }

  /** The run is over, all is written. */
  @Override
  public void close() {
    over.countDown();
    ShutdownHookManager.removeShutdownHook(hook);
  }

  /** Seconds from a moment to the first worker's beginning. */
  double firstReadySeconds(long since) {
    long at = firstReady.get();
    return at == 0 ? 0 : (at - since) / 1e9;
  }

  /**
   * Trains to the end.
   *
   * @param from checkpoint to begin with, or empty
   */
  FitOutcome run(String from) throws IOException {
    RunConfig config = prepared.config();
    return runner.run(
        FitSpec.of(config, prepared.data(), prepared.root())
            .on(config.cluster().workers(), prepared.threads(), prepared.cores())
            .saved(folder, from, Resumption.metadata(config, prepared.data().facts()))
            .keeping(keep)
            .tested(),
        this);
  }

  /** What the driver does first when it is told to end. */
  private final class StopFirst extends AbstractFunction0<BoxedUnit> {
    @Override
    public BoxedUnit apply() {
      stop(HOOK_PATIENCE);
      return BoxedUnit.UNIT;
    }
  }

  /**
   * Lets the workers save, and waits until all is written. If that takes too long (nobody looks up
   * in the midst of the last test, or there are no workers yet), the report says how it ended.
   */
  void stop(Duration patience) {
    runner.stop();
    boolean ended = false;
    try {
      ended = over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!ended) {
      recorder.stopped(FitRunner.STOPPED);
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
      firstReady.compareAndSet(0, System.nanoTime());
      recorder.ready(ready);
      warnIfSlow(ready);
    } else if (said instanceof WorkerMessage.Stepped stepped) {
      recorder.step(stepped.step());
      progress.step(stepped.step(), stepped.loss());
    } else if (said instanceof WorkerMessage.EpochDone done) {
      recorder.epoch(done.epoch());
      progress.epoch(RunRecorder.reported(done.epoch()));
    } else if (said instanceof WorkerMessage.Saved saved) {
      recorder.step(saved.step());
    } else if (said instanceof WorkerMessage.SaveFailed failed) {
      String line = "checkpoint of step " + failed.step() + " could not be saved: " + failed.why();
      recorder.saveFailed(line);
      progress.say(line + "; training goes on, and it is tried again");
    }
  }

  /** Once a machine: its workers all have the same reason. */
  private void warnIfSlow(WorkerMessage.Ready ready) {
    String host = ready.executor().host();
    if (!ready.slow().isEmpty() && slow.add(host)) {
      progress.say(
          "kiln: "
              + host
              + " computes with "
              + ready.executor().blas()
              + ", which can be several times slower than native code: "
              + ready.slow());
    }
  }
}
