package io.kiln.nn.train;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.collective.Collective;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.DatasetShards;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.Shards;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.optim.Schedule;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network, alone or as one of several workers.
 *
 * <p>Order of calls: the constructor, {@link #resume} if there is a saved state, {@link #run} once.
 * Afterwards the network holds the trained values (with early stopping: those of the best epoch).
 *
 * <p>A step: the gradient sum of each own shard's samples, on threads; their sum over all shards of
 * all workers in a fixed binary tree; one update by every worker alike.
 */
public final class Fit {
  /** Sums of an epoch: loss, weight, right answers, samples, answered targets. */
  private static final int EPOCH_SUMS = 5;

  private final Network network;
  private final Loss loss;
  private final double unit;
  private final ShardedSamples train;
  private final ShardedSamples validation;
  private final boolean holdsOut;
  private final FitOptions options;
  private final Collective workers;
  private final FitListener listener;
  private final Shards shards;
  private final ParameterUpdate update;
  private final Tensor sum;
  private final EarlyStopping stopping;
  private final Saver saver;
  private final List<EpochRecord> history = new ArrayList<>();
  private List<Double> losses = List.of();
  private double[] epochSums = new double[EPOCH_SUMS];
  private long step;
  private long savedStep = -1;
  private int stopVotes;
  private long checkpointNanos;

  /**
   * A fit that has not begun.
   *
   * @param train the whole training set: the same on every worker
   * @param validation may be empty
   */
  public Fit(
      Network network,
      Loss loss,
      ParameterUpdate.Rule rule,
      Dataset train,
      Dataset validation,
      FitOptions options,
      Collective workers,
      FitListener listener) {
    this(
        network,
        loss,
        rule,
        DatasetShards.dealt(train, options.shards(), options.seed()),
        DatasetShards.ranges(validation, options.shards()),
        options,
        workers,
        listener);
  }

  /**
   * A fit on samples in shards, of which each worker has its own.
   *
   * @param train the training set, in as many shards as the options say
   * @param validation may be empty
   */
  public Fit(
      Network network,
      Loss loss,
      ParameterUpdate.Rule rule,
      ShardedSamples train,
      ShardedSamples validation,
      FitOptions options,
      Collective workers,
      FitListener listener) {
    this.network = network;
    this.loss = loss;
    this.unit = loss.unit(train.spec().scale().deviation());
    this.train = train;
    this.validation = validation;
    this.holdsOut = validation.total() > 0;
    this.options = options;
    this.workers = workers;
    this.listener = listener;
    this.shards = check(network, rule, sizes(train), options);
    Params params = network.params();
    this.sum = TrainingStep.sum(network);
    this.update =
        new ParameterUpdate(rule, params, sum.slice(0, Shape.of(params.trainableCount())));
    this.stopping = new EarlyStopping(options, params.values());
    this.saver = new Saver(listener);
  }

  /**
   * Finds what would not learn, before anything is trained; how the samples are cut.
   *
   * @param sizes samples of each shard of the training set
   * @throws io.kiln.nn.config.ConfigException naming a layer that gets too few samples at a time
   */
  public static Shards check(
      Network network, ParameterUpdate.Rule rule, long[] sizes, FitOptions options) {
    if (sizes.length != options.shards()) {
      throw new IllegalArgumentException(
          "fit: the training set has "
              + sizes.length
              + " shards but the options say "
              + options.shards()
              + "; give the same number to both");
    }
    long samples = LongStream.of(sizes).sum();
    if (samples == 0) {
      throw new IllegalArgumentException("fit: the training set is empty; give it samples");
    }
    boolean fullBatch = rule.optimizer().traits().fullBatch();
    if (fullBatch && samples > Integer.MAX_VALUE) {
      throw new ConfigException(
          "optimizer.type: it takes all "
              + samples
              + " samples in one step but 2147483647 are the most; use another optimizer");
    }
    Shards shards = Shards.ofSizes(sizes, fullBatch ? (int) samples : options.batchSize());
    NormCheck.check(network, shards);
    return shards;
  }

  /** Samples of each shard. */
  public static long[] sizes(ShardedSamples samples) {
    return IntStream.range(0, samples.shards()).mapToLong(samples::size).toArray();
  }

  /**
   * Takes up where a saved state stood.
   *
   * @throws ConfigException if it is of another network or optimizer
   */
  public void resume(FitState state) {
    Tensor values = network.params().values();
    if (state.values().count() != values.count()
        || !state.optimizer().keySet().equals(update.state().keySet())) {
      throw new ConfigException(
          "fit: the saved state has "
              + state.values().count()
              + " numbers and optimizer state "
              + state.optimizer().keySet()
              + " but "
              + values.count()
              + " and "
              + update.state().keySet()
              + " are needed; resume with the same model and optimizer");
    }
    values.copyFrom(state.values());
    update.state().forEach((name, tensor) -> tensor.copyFrom(saved(state, name)));
    history.clear();
    history.addAll(state.history());
    noteLosses();
    stopping.resume(state);
    epochSums = Arrays.copyOf(state.epochSums(), EPOCH_SUMS);
    if (state.epochSums().length < EPOCH_SUMS) {
      epochSums[4] = Double.NaN; // an older Kiln did not count: no accuracy of this one epoch
    }
    step = state.step();
  }

  private static Tensor saved(FitState state, String name) {
    Tensor tensor = state.optimizer().get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("fit: the saved state has no " + name);
    }
    return tensor;
  }

  /**
   * Trains to the end.
   *
   * @throws DivergedException if the loss is no longer finite
   * @throws IOException if the state cannot be saved: not at all, because it is not allowed, or not
   *     in time, when the fit was asked to save and leave
   */
  public FitResult run() throws IOException {
    return run(options.epochs());
  }

  /**
   * Trains up to an epoch of all those that the options say, which schedules go by: a later fit can
   * go on from what was saved.
   *
   * @param stop epochs done in the end; from {@link FitOptions#epochs} on it is {@link #run()}
   */
  public FitResult run(int stop) throws IOException {
    long start = System.nanoTime();
    int perEpoch = shards.steps();
    int epochs = Math.min(stop, options.epochs());
    boolean wasOver = step > 0 && step % perEpoch == 0 && stopping.isOver((int) (step / perEpoch));
    FitResult.Ending ending = wasOver ? FitResult.Ending.STOPPED_EARLY : FitResult.Ending.FINISHED;
    long dataNanos;
    long communicateNanos;
    if (step == 0 && WhitenedFilters.fill(network, train, workers)) {
      update.restartAverage();
    }
    try (TrainingStep work =
            new TrainingStep(network, loss, train, shards, options, workers, update, sum);
        Saver saves = saver) {
      Evaluators evaluator = new Evaluators(network, loss, work.crew());
      while (step < (long) perEpoch * epochs && ending == FitResult.Ending.FINISHED) {
        ending = epoch(work, evaluator, perEpoch);
      }
      if (ending == FitResult.Ending.FINISHED && epochs < options.epochs()) {
        ending = FitResult.Ending.PAUSED;
        if (savedStep != step) {
          save();
        }
      }
      long waits = System.nanoTime();
      saves.finish(leaves(ending));
      checkpointNanos += System.nanoTime() - waits;
      dataNanos = work.dataNanos();
      communicateNanos = work.communicateNanos();
    }
    int best = history.size();
    if (!leaves(ending)) {
      update.showAverage(true);
      best = stopping.restore();
      checkFinite();
    }
    long total = System.nanoTime() - start;
    double data = dataNanos / 1e9 / options.threads();
    double communicate = communicateNanos / 1e9;
    double checkpoint = checkpointNanos / 1e9;
    double compute = Math.max(0, total / 1e9 - data - communicate - checkpoint);
    return new FitResult(
        history,
        step,
        ending,
        best,
        new Timing(compute, communicate, data, checkpoint, total / 1e9));
  }

  /** Whether what was saved is all that is left of a fit. */
  private static boolean leaves(FitResult.Ending ending) {
    return ending == FitResult.Ending.INTERRUPTED || ending == FitResult.Ending.PAUSED;
  }

  /** The loss of a step is that before its update: the last update may have left the numbers. */
  private void checkFinite() {
    Tensor values = network.params().values();
    for (int i = 0; i < values.count(); i++) {
      if (!Double.isFinite(values.get(i))) {
        throw new DivergedException(
            step,
            "training: the weights are no longer finite after step "
                + step
                + "; use a smaller optimizer.learning-rate or optimizer.clip-norm");
      }
    }
  }

  private FitResult.Ending epoch(TrainingStep work, Evaluators evaluator, int perEpoch)
      throws IOException {
    long start = System.nanoTime();
    int epoch = (int) (step / perEpoch);
    int first = (int) (step % perEpoch);
    double samplesBefore = epochSums[3];
    if (first == 0) {
      epochSums = new double[EPOCH_SUMS];
      samplesBefore = 0;
    }
    work.epoch(epoch, first);
    boolean asked = false;
    for (int s = first; s < perEpoch; s++) {
      step(work, epoch, s, perEpoch);
      boolean leave = stopVotes > 0;
      boolean last = s == perEpoch - 1;
      int every = options.checkpoints().steps();
      if (leave && !last) {
        save();
        return FitResult.Ending.INTERRUPTED;
      }
      asked = workers.rank() == 0 && listener.saveRequested();
      if ((asked || (every > 0 && step % every == 0)) && !last) {
        save();
      }
    }
    double training = (System.nanoTime() - start) / 1e9;
    update.showAverage(true);
    Evaluation held = holdsOut ? evaluator.evaluate(validation, workers) : Evaluation.none(0);
    EpochRecord record =
        new EpochRecord(
            epoch + 1,
            step,
            epochSums[0] / epochSums[1],
            epochSums[2] / epochSums[4], // 0 / 0 where nothing is answered
            held.loss(),
            held.accuracy(),
            update.rate(position(step - 1, perEpoch)),
            (System.nanoTime() - start) / 1e9,
            (epochSums[3] - samplesBefore) / training);
    history.add(record);
    noteLosses();
    stopping.add(record);
    update.showAverage(false);
    listener.onEpoch(record);
    boolean over = stopping.isOver(epoch + 1);
    boolean due =
        asked
            || (options.checkpoints().epochs() > 0
                && (epoch + 1) % options.checkpoints().epochs() == 0)
            || (options.checkpoints().steps() > 0 && step % options.checkpoints().steps() == 0);
    if (due || stopVotes > 0) {
      save();
    }
    if (stopVotes > 0) {
      return FitResult.Ending.INTERRUPTED;
    }
    return over ? FitResult.Ending.STOPPED_EARLY : FitResult.Ending.FINISHED;
  }

  private Schedule.Position position(long atStep, int perEpoch) {
    return new Schedule.Position(atStep, perEpoch, options.epochs(), losses);
  }

  /** What schedules that watch the loss go by. */
  private void noteLosses() {
    losses =
        history.stream().map(row -> holdsOut ? row.validationLoss() : row.trainLoss()).toList();
  }

  private void step(TrainingStep work, int epoch, int stepOfEpoch, int perEpoch)
      throws IOException {
    saver.check();
    work.sum(stepOfEpoch, step, listener.stopRequested());
    double lossSum = work.loss() * unit;
    double weight = work.weight();
    int samples = work.samples();
    stopVotes = work.stopVotes();
    double mean = weight == 0 ? 0 : lossSum / weight;
    if (Double.isNaN(mean) || Double.isInfinite(mean)) {
      throw new DivergedException(
          step,
          "training: the loss is "
              + mean
              + " at step "
              + (step + 1)
              + " (epoch "
              + (epoch + 1)
              + "); use a smaller optimizer.learning-rate or optimizer.clip-norm");
    }
    double right = work.right();
    double answered = work.answered();
    if (stepOfEpoch == perEpoch - 1 && weight > 0) {
      listener.onGradient(sum.slice(0, Shape.of(network.params().trainableCount())), weight);
    }
    Schedule.Position at = position(step, perEpoch);
    work.update(at);
    step++;
    epochSums[0] += lossSum;
    epochSums[1] += weight;
    epochSums[2] += right;
    epochSums[3] += samples;
    epochSums[4] += answered;
    listener.onStep(step, (long) perEpoch * options.epochs(), mean, samples);
    listener.onStepNumbers(
        step,
        right / answered, // 0 / 0 where nothing is answered
        update.rate(at),
        work.dataNanos() / 1e9 / options.threads(),
        work.communicateNanos() / 1e9);
  }

  private void save() throws IOException {
    long start = System.nanoTime();
    if (workers.rank() == 0) {
      saver.save(state());
    }
    savedStep = step;
    checkpointNanos += System.nanoTime() - start;
  }

  private FitState state() {
    return new FitState(
        step, epochSums, network.params().values(), update.state(), history, stopping.saved());
  }

  /** A saved state or null, for callers that resume if they can. */
  public void resumeIfAny(@Nullable FitState state) {
    if (state != null) {
      resume(state);
    }
  }
}
