package io.kiln.spark.fit;

import io.kiln.nn.io.CheckpointHead;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.train.FitState;
import io.kiln.spark.cluster.Attempts;
import io.kiln.spark.cluster.Gang;
import io.kiln.spark.cluster.GangOptions;
import io.kiln.spark.cluster.Lease;
import io.kiln.spark.cluster.Message;
import io.kiln.spark.cluster.SlotLedger;
import io.kiln.spark.cluster.Wish;
import io.kiln.spark.config.ClusterConfig;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Trains a {@link FitSpec} in a running application: attempts, each a gang on slots that it leases,
 * which goes on from the newest good checkpoint. Where the number of workers is a range, an attempt
 * begins on what is there, and the fit grows at the end of an epoch when slots are free. It knows
 * no run folder, prints nothing, and hooks no JVM.
 *
 * <p>Order of calls: {@link #run} once; meanwhile {@link #stop} from any thread.
 */
public final class FitRunner {
  /** How long a worker that is alive may take for its part of a step. */
  private static final Duration READ_DEADLINE = Duration.ofMinutes(10);

  /** Why a fit ended that was told to. */
  public static final String STOPPED = "stopped on request; go on with --resume";

  private final JavaSparkContext spark;
  private final HadoopStorage storage;
  private final SlotLedger slots;
  private @Nullable Gang running;
  private @Nullable Lease lease;
  private boolean stopping;
  private boolean regrouping;
  private int attempts;

  /**
   * A runner of one fit.
   *
   * @param storage where data and checkpoints are
   */
  public FitRunner(JavaSparkContext spark, HadoopStorage storage) {
    this.spark = spark;
    this.storage = storage;
    this.slots = SlotLedger.of(spark);
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
    Attempts tries = new Attempts(cluster.attempts(), Attempts.DEFAULT.backOff());
    String folder = spec.checkpoints();
    try (Sign sign = folder != null && spec.saves() ? Sign.in(storage, folder) : Sign.NONE) {
      Newest newest = new Newest(folder, spec.config().train().keepCheckpoints());
      return tries.run(
          () -> newest.look().step(),
          number -> {
            Start start = number == 0 ? newest.at(spec.from()) : newest.look();
            while (true) {
              FitOutcome outcome = attempt(spec, start, sign, events);
              if (outcome.result().ending() != FitResult.Ending.INTERRUPTED || !regroups()) {
                return outcome;
              }
              start = newest.look();
            }
          });
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Asks the workers to save and leave; no other attempt begins. */
  public void stop() {
    Gang gang;
    synchronized (this) {
      stopping = true;
      gang = running;
    }
    if (gang != null) {
      gang.stop();
    }
  }

  /** Whether a gang that left did so to come again with more workers. */
  private synchronized boolean regroups() {
    boolean again = regrouping && !stopping;
    regrouping = false;
    return again;
  }

  /** Makes the gang leave at the end of an epoch if it could be larger. */
  private void growIfPossible(FitSpec spec, int epoch) {
    Gang gang;
    synchronized (this) {
      boolean can =
          lease != null
              && spec.checkpoints() != null
              && epoch < spec.stop()
              && lease.workers() < most(spec)
              && slots.couldGrow(lease);
      if (!can || stopping || regrouping) {
        return;
      }
      regrouping = true;
      gang = running;
    }
    if (gang != null) {
      gang.stop();
    }
  }

  /** More workers than there are virtual shards have nothing to do. */
  private static int most(FitSpec spec) {
    return spec.workers().most(spec.config().shards());
  }

  private static Wish wish(FitSpec spec) {
    int most = most(spec);
    int useful = Math.max(1, (spec.config().shards() + most - 1) / most); // threads with work
    if (spec.threads() > 0) {
      useful = Math.min(useful, spec.threads());
    }
    return new Wish(spec.workers().least(), most, spec.cores(), useful);
  }

  static GangOptions options(JavaSparkContext spark, ClusterConfig cluster) {
    GangOptions options =
        GangOptions.of(spark.getConf(), 1)
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

  private FitOutcome attempt(FitSpec spec, Start start, Sign sign, FitEvents events) {
    WorkerData data = ready(spec.data());
    GangOptions options = options(spark, spec.config().cluster());
    try (Lease slot = slots.lease(wish(spec), options.slotTimeout());
        ArrivedWeights arrived = new ArrivedWeights()) {
      Gang gang = new Gang(spark, options.with(slot).withAttempt(attempts++));
      synchronized (this) {
        if (stopping) {
          throw new CancellationException(STOPPED);
        }
        running = gang;
        lease = slot;
        regrouping = false; // of an attempt that failed before it could leave
      }
      events.attempt(attempts, slot.workers(), start.step(), start.history());
      List<byte[]> results =
          gang.run(
              slot,
              task(spec, data, start.path(), sign),
              message -> told(message, spec, arrived, events));
      Path weights = arrived.take();
      return FitOutcome.of(results, weights);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("fit: interrupted");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      synchronized (this) {
        running = null;
        lease = null;
      }
    }
  }

  private FitTask task(FitSpec spec, WorkerData data, String from, Sign sign) {
    return task(spec, storage, data, from, sign);
  }

  /** What each worker does. */
  static FitTask task(
      FitSpec spec, HadoopStorage storage, WorkerData data, String from, Sign sign) {
    String folder = spec.checkpoints();
    boolean fitted = spec.keep() instanceof Keep.Folder;
    return new FitTask(
        new LinkedHashMap<>(spec.trained().resolved()),
        storage,
        spec.root(),
        spec.threads(),
        spec.stop(),
        spec.tests(),
        data,
        new Saving(
            folder == null ? "" : folder,
            sign.path(),
            from,
            new LinkedHashMap<>(spec.metadata()),
            spec.keep(),
            new LinkedHashMap<>(fitted ? spec.data().facts().fitted() : Map.of())));
  }

  private static WorkerData ready(FitData data) {
    try {
      return data.ready();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void told(Message message, FitSpec spec, ArrivedWeights arrived, FitEvents events) {
    try {
      if (WeightsPiece.is(message.body())) {
        arrived.add(WeightsPiece.piece(message.body()));
        return;
      }
      WorkerMessage said = WorkerMessage.of(message.body());
      if (said instanceof WorkerMessage.Lost lost) {
        spec.data().lost(lost.executor());
      }
      events.told(said);
      if (said instanceof WorkerMessage.EpochDone done) {
        growIfPossible(spec, done.epoch().epoch());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Where an attempt begins.
   *
   * @param path of the checkpoint, empty for the beginning
   * @param history the epochs that are behind it
   */
  private record Start(String path, long step, List<EpochRecord> history) {}

  /** Finds where to go on. Reads no more of checkpoints than what they say of themselves. */
  private final class Newest {
    private final @Nullable CheckpointStore store;

    Newest(@Nullable String folder, int keep) {
      store = folder == null ? null : new CheckpointStore(storage, folder, keep);
    }

    Start look() {
      CheckpointStore from = store;
      if (from == null) {
        return new Start("", 0, List.of());
      }
      try {
        CheckpointStore.FoundHead found =
            Patience.DEFAULT.call("looking for checkpoints", from::newestHead);
        return found
            .head()
            .map(head -> new Start(found.path(), head.step(), FitState.history(head)))
            .orElse(new Start("", 0, List.of()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** A checkpoint that was chosen; that it cannot be read is what workers say. */
    Start at(String path) {
      if (path.isEmpty()) {
        return new Start("", 0, List.of());
      }
      Start newest = look();
      if (newest.path().equals(path)) {
        return newest;
      }
      try {
        CheckpointHead head = CheckpointStore.head(storage, path);
        return new Start(path, head.step(), FitState.history(head));
      } catch (IOException e) {
        return new Start(path, 0, List.of());
      }
    }
  }
}
