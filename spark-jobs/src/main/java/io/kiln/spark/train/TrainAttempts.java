package io.kiln.spark.train;

import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitState;
import io.kiln.spark.cluster.Attempts;
import io.kiln.spark.cluster.Gang;
import io.kiln.spark.cluster.GangOptions;
import io.kiln.spark.cluster.Message;
import io.kiln.spark.config.ClusterConfig;
import io.kiln.spark.fit.FitTask;
import io.kiln.spark.fit.Outcome;
import io.kiln.spark.fit.Patience;
import io.kiln.spark.fit.WorkerData;
import io.kiln.spark.fit.WorkerMessage;
import io.kiln.spark.report.Progress;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.ShutdownHookManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.runtime.AbstractFunction0;
import scala.runtime.BoxedUnit;

/**
 * The attempts of one run: each a gang that goes on from the newest good checkpoint. A SIGTERM to
 * the driver asks the gang to save and leave, before Spark shuts down.
 */
final class TrainAttempts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainAttempts.class);

  /** Above SparkContext's own hook (50), so that it runs first. */
  private static final int HOOK_PRIORITY = 100;

  /** Below the 30 s after which most who send a SIGTERM send a SIGKILL. */
  private static final Duration HOOK_PATIENCE = Duration.ofSeconds(25);

  /** How long a worker that is alive may take for its part of a step. */
  private static final Duration READ_DEADLINE = Duration.ofMinutes(10);

  /** Why a run ended that was told to. */
  static final String STOPPED = "stopped on request; go on with --resume";

  private final JavaSparkContext spark;
  private final TrainRun.Prepared prepared;
  private final HadoopStorage storage;
  private final String folder;
  private final RunRecorder recorder;
  private final Progress progress;
  private final AtomicLong firstReady = new AtomicLong();
  private final AtomicReference<@Nullable Gang> running = new AtomicReference<>();
  private volatile boolean stopping;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Set<String> slow = ConcurrentHashMap.newKeySet();
  private final Object hook;

  TrainAttempts(
      JavaSparkContext spark,
      TrainRun.Prepared prepared,
      HadoopStorage storage,
      String folder,
      RunRecorder recorder,
      Progress progress) {
    this.spark = spark;
    this.prepared = prepared;
    this.storage = storage;
    this.folder = folder;
    this.recorder = recorder;
    this.progress = progress;
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
  Outcome run(String from, CheckpointStore checkpoints) throws IOException {
    ClusterConfig cluster = prepared.config().cluster();
    Attempts attempts = new Attempts(cluster.attempts(), Attempts.DEFAULT.backOff());
    GangOptions options = options(cluster);
    try {
      List<byte[]> results =
          attempts.run(
              () -> newestStep(checkpoints),
              number -> attempt(number, options, number == 0 ? from : newest(checkpoints)));
      return Outcome.of(results.get(0));
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private GangOptions options(ClusterConfig cluster) {
    GangOptions options =
        GangOptions.of(spark.getConf(), cluster.workers())
            .withSlotTimeout(seconds(cluster.resourcesTimeout()))
            .withSilence(READ_DEADLINE, seconds(cluster.peerTimeout()));
    return switch (cluster.encrypt()) {
      case AUTO -> options;
      case TRUE -> options.withEncrypt(true);
      case FALSE -> options.withEncrypt(false);
    };
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis((long) (1000 * seconds));
  }

  private List<byte[]> attempt(int number, GangOptions options, String checkpoint) {
    recorder.attempt(number + 1, step(checkpoint), history(checkpoint));
    FitTask task =
        new FitTask(
            new LinkedHashMap<>(prepared.config().resolved()),
            storage,
            prepared.root(),
            folder,
            checkpoint,
            prepared.threads(),
            data(),
            new LinkedHashMap<>(Resumption.metadata(prepared.config(), prepared.data().facts())));
    Gang gang = new Gang(spark, options.withAttempt(number));
    running.set(gang);
    try {
      if (stopping) {
        throw new CancellationException(STOPPED);
      }
      return gang.run(task, this::told);
    } finally {
      running.set(null);
    }
  }

  private WorkerData data() {
    try {
      return prepared.data().ready();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    stopping = true;
    Gang gang = running.get();
    if (gang != null) {
      gang.stop();
    }
    boolean ended = false;
    try {
      ended = over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!ended) {
      recorder.stopped(STOPPED);
    }
  }

  private void told(Message message) {
    try {
      WorkerMessage said = WorkerMessage.of(message.body());
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
      } else if (said instanceof WorkerMessage.Lost lost) {
        prepared.data().lost(lost.executor());
      } else if (said instanceof WorkerMessage.SaveFailed failed) {
        String line =
            "checkpoint of step " + failed.step() + " could not be saved: " + failed.why();
        recorder.saveFailed(line);
        progress.say(line + "; training goes on, and it is tried again");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The epochs a checkpoint knows of; none if there is no checkpoint. It is for the report alone:
   * that the file cannot be read is the workers' trouble, who say what it means.
   */
  private List<EpochRecord> history(String checkpoint) {
    try {
      return checkpoint.isEmpty()
          ? List.of()
          : FitState.of(CheckpointStore.read(storage, checkpoint)).history();
    } catch (IOException e) {
      LOG.warn("the report's history is filled later: {}", e.toString());
      return List.of();
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

  private static long step(String checkpoint) {
    String name = checkpoint.substring(checkpoint.lastIndexOf('/') + 1);
    String digits = name.replaceAll("^step-0*(\\d+).*$", "$1");
    return digits.matches("\\d+") ? Long.parseLong(digits) : 0;
  }

  private static CheckpointStore.Found found(CheckpointStore checkpoints) throws IOException {
    return Patience.DEFAULT.call("looking for checkpoints", checkpoints::newest);
  }

  private static String newest(CheckpointStore checkpoints) {
    try {
      return found(checkpoints).path();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long newestStep(CheckpointStore checkpoints) {
    try {
      return found(checkpoints).checkpoint().map(c -> c.step()).orElse(0L);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
