package io.kiln.nn.bench;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.layer.Network;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.optim.Schedule;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.FitOptions;
import io.kiln.nn.train.TrainingStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Training steps of one case on some threads, by the classes that train: {@link TrainingStep} with
 * a shard of the batch for each thread and the rule of the case, by one worker or several.
 */
public final class Stepper implements AutoCloseable {
  private static final Schedule.Position POSITION = new Schedule.Position(0, 1, 1);

  private final int batch;
  private final TrainingStep work;
  private long step;
  private @Nullable RuntimeException trouble;

  /** Threads ready for a case's steps, at most one a sample. */
  public Stepper(BenchCase one, int threads) {
    this(one, threads, Collective.alone());
  }

  /** One of several workers, each of which has a whole batch of the case in every step. */
  Stepper(BenchCase one, int threads, Collective workers) {
    Network network = one.network().get();
    batch = one.batch() * workers.size();
    Tensor sum = TrainingStep.sum(network);
    Tensor gradient = sum.slice(0, Shape.of(network.params().trainableCount()));
    int shards = threads * workers.size();
    RandomSamples samples = new RandomSamples(one, network.spec(), shards, batch);
    FitOptions options = FitOptions.of(1, batch, 1).withShards(shards).withThreads(threads);
    work =
        new TrainingStep(
            network,
            one.loss(),
            samples,
            samples.cut(),
            options,
            workers,
            new ParameterUpdate(one.rule(), network.params(), gradient),
            sum);
    try {
      work.epoch(0, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory throws none
    }
  }

  /**
   * One step; returns the mean loss before the update.
   *
   * @throws RuntimeException what a thread threw in this step or an earlier one
   */
  public double step() {
    if (trouble != null) {
      throw trouble;
    }
    try {
      work.sum(0, step++, false);
      double loss = work.loss() / batch;
      work.update(POSITION);
      return loss;
    } catch (RuntimeException e) {
      trouble = e;
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory throws none
    }
  }

  /** Bytes of the outputs of all ops. */
  long activations() {
    return work.activationBytes();
  }

  /** Bytes of all buffers. */
  long memory() {
    return work.memoryBytes();
  }

  /** Ids of all threads that work, the caller's included. */
  long[] threadIds() {
    return work.threadIds();
  }

  @Override
  public void close() {
    try {
      work.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory throws none
    }
  }
}
