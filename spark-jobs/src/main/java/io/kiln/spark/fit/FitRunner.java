package io.kiln.spark.fit;

import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitState;
import io.kiln.spark.cluster.Attempts;
import io.kiln.spark.cluster.Gang;
import io.kiln.spark.cluster.GangOptions;
import io.kiln.spark.cluster.Message;
import io.kiln.spark.config.ClusterConfig;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a {@link FitSpec} in a running application: attempts, each a gang that goes on from the
 * newest good checkpoint. It knows no run folder, prints nothing, and hooks no JVM.
 *
 * <p>Order of calls: {@link #run} once; meanwhile {@link #stop} from any thread.
 */
public final class FitRunner {
  private static final Logger LOG = LoggerFactory.getLogger(FitRunner.class);

  /** How long a worker that is alive may take for its part of a step. */
  private static final Duration READ_DEADLINE = Duration.ofMinutes(10);

  /** Why a fit ended that was told to. */
  public static final String STOPPED = "stopped on request; go on with --resume";

  private final JavaSparkContext spark;
  private final HadoopStorage storage;
  private final AtomicReference<@Nullable Gang> running = new AtomicReference<>();
  private volatile boolean stopping;

  /**
   * A runner of one fit.
   *
   * @param storage where data and checkpoints are
   */
  public FitRunner(JavaSparkContext spark, HadoopStorage storage) {
    this.spark = spark;
    this.storage = storage;
  }

  /**
   * Trains to the end.
   *
   * @throws io.kiln.spark.cluster.AttemptFailedException if too many attempts failed, or one that
   *     cannot be retried
   * @throws io.kiln.spark.cluster.ResourcesException if there are not enough free slots in time
   * @throws CancellationException if it was stopped before it began
   * @throws IOException if the data are not what they were, or checkpoints cannot be found
   */
  public FitOutcome run(FitSpec spec, FitEvents events) throws IOException {
    ClusterConfig cluster = spec.config().cluster();
    CheckpointStore checkpoints =
        new CheckpointStore(storage, spec.checkpoints(), spec.config().train().keepCheckpoints());
    Attempts attempts = new Attempts(cluster.attempts(), Attempts.DEFAULT.backOff());
    GangOptions options = options(cluster);
    try {
      List<byte[]> results =
          attempts.run(
              () -> newestStep(checkpoints),
              number ->
                  attempt(
                      number,
                      options,
                      spec,
                      number == 0 ? spec.from() : newest(checkpoints),
                      events));
      return FitOutcome.of(results.get(0));
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Asks the workers to save and leave; no other attempt begins. */
  public void stop() {
    stopping = true;
    Gang gang = running.get();
    if (gang != null) {
      gang.stop();
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

  private List<byte[]> attempt(
      int number, GangOptions options, FitSpec spec, String checkpoint, FitEvents events) {
    events.attempt(number + 1, step(checkpoint), history(checkpoint));
    FitTask task =
        new FitTask(
            new LinkedHashMap<>(spec.config().resolved()),
            storage,
            spec.root(),
            spec.checkpoints(),
            checkpoint,
            spec.threads(),
            ready(spec.data()),
            new LinkedHashMap<>(spec.metadata()));
    Gang gang = new Gang(spark, options.withAttempt(number));
    running.set(gang);
    try {
      if (stopping) {
        throw new CancellationException(STOPPED);
      }
      return gang.run(task, message -> told(message, spec.data(), events));
    } finally {
      running.set(null);
    }
  }

  private static WorkerData ready(FitData data) {
    try {
      return data.ready();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void told(Message message, FitData data, FitEvents events) {
    try {
      WorkerMessage said = WorkerMessage.of(message.body());
      if (said instanceof WorkerMessage.Lost lost) {
        data.lost(lost.executor());
      }
      events.told(said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The epochs a checkpoint knows of; none if there is no checkpoint. It is for listeners alone:
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
