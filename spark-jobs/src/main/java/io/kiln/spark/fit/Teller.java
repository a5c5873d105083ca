package io.kiln.spark.fit;

import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitListener;
import io.kiln.nn.train.FitState;
import io.kiln.nn.train.LayerWatch;
import io.kiln.spark.cluster.GangContext;
import io.kiln.spark.config.Interval;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells the driver and saves checkpoints. */
final class Teller implements FitListener {
  private static final long STEP_MESSAGE_NANOS = 250_000_000L;
  private static final long CURVE_NANOS = 5_000_000_000L;

  private final GangContext gang;
  private final Telling telling;
  private final Saving saving;
  private final CheckpointStore store;
  private final long every;
  private final @Nullable LayerWatch layers;
  private final StepCurve curve = new StepCurve();
  private double lossOfStep;
  private long steppedAt;
  private double dataBefore;
  private double communicateBefore;
  private long curveAt;
  private long toldAt;
  private long samples;
  private long savedAt = System.nanoTime();

  /**
   * A teller.
   *
   * @param layers looks at weights and gradients after each epoch; or null
   */
  Teller(
      GangContext gang,
      RunConfig run,
      Saving saving,
      HadoopStorage storage,
      Telling telling,
      @Nullable LayerWatch layers) {
    this.layers = layers;
    this.steppedAt = System.nanoTime();
    this.curveAt = steppedAt;
    this.gang = gang;
    this.telling = telling;
    this.saving = saving;
    Interval interval = run.train().checkpointEvery();
    this.every =
        interval.unit() == Interval.Unit.SECOND ? TimeUnit.SECONDS.toNanos(interval.count()) : 0;
    this.store = new CheckpointStore(storage, saving.checkpoints(), run.train().keepCheckpoints());
  }

  @Override
  public void onStep(long step, long stepsInAll, double loss, int more) {
    lossOfStep = loss;
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
  public void onStepNumbers(
      long step,
      double accuracy,
      double learningRate,
      double dataSeconds,
      double communicateSeconds) {
    if (gang.rank() != 0) {
      return;
    }
    long now = System.nanoTime();
    curve.add(
        step,
        lossOfStep,
        accuracy,
        learningRate,
        (now - steppedAt) / 1e9,
        dataSeconds - dataBefore,
        communicateSeconds - communicateBefore);
    steppedAt = now;
    dataBefore = dataSeconds;
    communicateBefore = communicateSeconds;
  }

  @Override
  public void onGradient(Tensor sum, double weight) {
    if (layers != null) {
      layers.gradient(sum, weight);
    }
  }

  @Override
  public void onEpoch(EpochRecord epoch) {
    if (gang.rank() == 0) {
      tell(new WorkerMessage.EpochDone(epoch));
      if (layers != null) {
        tell(new WorkerMessage.LayersSeen(layers.epoch(epoch.epoch())));
      }
      if (System.nanoTime() - curveAt >= CURVE_NANOS) {
        tellCurve();
      }
    }
    steppedAt = System.nanoTime(); // what came after the last step is not in the next
  }

  /** Tells of all steps so far; rank 0 does so at the end. */
  void tellCurve() {
    tell(new WorkerMessage.Curve(curve.series()));
    curveAt = System.nanoTime();
  }

  @Override
  public void onCheckpoint(FitState state) throws IOException {
    if (saving.checkpoints().isEmpty()) {
      return;
    }
    String path;
    try {
      path = store.save(state.toCheckpoint(saving.metadata()));
    } catch (AccessDeniedException e) {
      throw OutFolder.wrong(
          saving.checkpoints()
              + " cannot be written by the workers ("
              + e.getMessage()
              + "); check its permissions, or give another folder with --out",
          e);
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
      telling.tell(message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean stopRequested() {
    return gang.stopRequested();
  }
}
