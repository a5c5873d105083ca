package io.kiln.spark.fit;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.Checkpoint;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.kernel.Blas;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitListener;
import io.kiln.nn.train.FitState;
import io.kiln.spark.cluster.GangContext;
import io.kiln.spark.cluster.GangTask;
import io.kiln.spark.config.Interval;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.shards.LostRowsException;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One worker of a run: reads the data, trains with the others, tests, returns an {@link
 * FitOutcome}.
 *
 * @param config resolved configuration, a serialisable map
 * @param storage where data and checkpoints are
 * @param dataRoot folder of data sets and pretrained weights
 * @param checkpoints folder of this run's checkpoints
 * @param checkpoint file to go on from, empty to begin anew
 * @param threads of each worker
 * @param data what this worker gets its samples from
 * @param metadata of checkpoints: what a later run compares
 */
public record FitTask(
    LinkedHashMap<String, Object> config,
    HadoopStorage storage,
    String dataRoot,
    String checkpoints,
    String checkpoint,
    int threads,
    WorkerData data,
    LinkedHashMap<String, String> metadata)
    implements GangTask<byte[]> {
  private static final long STEP_MESSAGE_NANOS = 250_000_000L;

  @Override
  public byte[] run(GangContext gang) throws IOException {
    RunConfig run = RunConfig.of(config);
    String host = gang.workers().get(gang.rank()).host();
    if (gang.rank() == 0) {
      checkShared(run, host);
    }
    try (FitSamples samples = data.open(gang, run)) {
      return fit(gang, run, host, samples);
    } catch (LostRowsException e) {
      gang.report(new WorkerMessage.Lost(e.executor()).toBytes());
      throw e;
    }
  }

  private byte[] fit(GangContext gang, RunConfig run, String host, FitSamples samples)
      throws IOException {
    FitState from = null;
    if (!checkpoint.isEmpty()) {
      from = FitState.of(saved());
    }
    RunReport.Executor executor = new RunReport.Executor(host, Blas.name(), threads);
    long step = from == null ? 0 : from.step();
    gang.report(
        new WorkerMessage.Ready(gang.rank(), step, executor, samples.bytes(), Blas.reason())
            .toBytes());
    return new WorkerFit(run, samples, storage, dataRoot, threads, gang.collective(), true)
        .run(new Teller(gang, run), from)
        .toBytes();
  }

  /**
   * Checks that the run folder, which the driver has just written to, is the same seen from here: a
   * checkpoint on a disk of this machine's own would be there for nobody.
   */
  private void checkShared(RunConfig run, String host) throws IOException {
    String folder = checkpoints.substring(0, checkpoints.lastIndexOf('/'));
    if (run.train().checkpointEvery().count() > 0 && !RunFolder.exists(storage, folder)) {
      throw new ConfigException(
          "--out: "
              + folder
              + " of the driver is not to be seen on "
              + host
              + ", so no checkpoint could be found again; give a place that all machines see, e.g."
              + " --out hdfs:/runs/mine, or set train.checkpoint-every=none");
    }
  }

  /** The checkpoint to go on from; that it has just been replaced is no reason to give up. */
  private Checkpoint saved() throws IOException {
    try {
      return CheckpointStore.read(storage, checkpoint);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "train: " + checkpoint + " is gone; an attempt before this one may have saved another",
          e);
    }
  }

  /** Tells the driver and saves checkpoints. */
  private final class Teller implements FitListener {
    private final GangContext gang;
    private final CheckpointStore store;
    private final long every;
    private long toldAt;
    private long samples;
    private long savedAt = System.nanoTime();

    Teller(GangContext gang, RunConfig run) {
      this.gang = gang;
      Interval interval = run.train().checkpointEvery();
      this.every =
          interval.unit() == Interval.Unit.SECOND ? TimeUnit.SECONDS.toNanos(interval.count()) : 0;
      this.store = new CheckpointStore(storage, checkpoints, run.train().keepCheckpoints());
    }

    @Override
    public void onStep(long step, long stepsInAll, double loss, int more) {
      long now = System.nanoTime();
      if (toldAt == 0) {
        toldAt = now; // the first step warms up; its time says nothing
        return;
      }
      samples += more;
      if (gang.rank() == 0 && now - toldAt >= STEP_MESSAGE_NANOS) {
        double rate = samples * 1e9 / (now - toldAt);
        tell(new WorkerMessage.Stepped(step, stepsInAll, loss, rate));
        toldAt = now;
        samples = 0;
      }
    }

    @Override
    public void onEpoch(EpochRecord epoch) {
      if (gang.rank() == 0) {
        tell(new WorkerMessage.EpochDone(epoch));
      }
    }

    @Override
    public void onCheckpoint(FitState state) throws IOException {
      String path;
      try {
        path = store.save(state.toCheckpoint(metadata));
      } catch (AccessDeniedException e) {
        ConfigException unwritable =
            new ConfigException(
                "--out: "
                    + checkpoints
                    + " cannot be written by the workers ("
                    + e.getMessage()
                    + "); check its permissions, or give another folder with --out");
        unwritable.initCause(e);
        throw unwritable;
      }
      tell(new WorkerMessage.Saved(state.step(), path));
    }

    @Override
    public void onSaveFailed(long step, IOException why) {
      tell(new WorkerMessage.SaveFailed(step, String.valueOf(why.getMessage())));
    }

    @Override
    public boolean saveRequested() {
      long now = System.nanoTime();
      boolean due = every > 0 && now - savedAt >= every;
      savedAt = due ? now : savedAt;
      return due;
    }

    private void tell(WorkerMessage message) {
      try {
        gang.report(message.toBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean stopRequested() {
      return gang.stopRequested();
    }
  }
}
