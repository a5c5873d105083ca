package io.kiln.nn.train;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.collective.Collective;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.Shards;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.optim.Schedule;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.thread.Crew;
import java.io.IOException;

/**
 * One worker's training steps: the gradient sums of its shards on its threads, their sum over all
 * shards of all workers, the update, which the threads share. What {@link Fit} runs and {@code kiln
 * bench} times.
 *
 * <p>Order of calls: {@link #epoch}, then for each step {@link #sum} and {@link #update}; {@link
 * #close}.
 */
public final class TrainingStep implements AutoCloseable {
  private final Collective workers;
  private final ShardWork work;
  private final ParameterUpdate update;
  private final Tensor sum;
  private final Tensor statistics;
  private final int tail;
  private long communicateNanos;

  /**
   * Threads ready for steps.
   *
   * @param train of which this worker computes its own shards
   * @param update over the first numbers of {@code sum}
   * @param sum memory for the sum of a step: {@link #sum(Network)}
   */
  public TrainingStep(
      Network network,
      Loss loss,
      ShardedSamples train,
      Shards shards,
      FitOptions options,
      Collective workers,
      ParameterUpdate update,
      Tensor sum) {
    this.workers = workers;
    this.update = update;
    this.sum = sum;
    this.tail = sum.count() - Slice.TAIL;
    Params params = network.params();
    this.statistics = sum.slice(params.trainableCount(), params.buffers().shape());
    this.work = new ShardWork(network, loss, train, shards, options, workers, sum);
  }

  /** Memory for the sum of a network's steps, of which the gradient comes first. */
  public static Tensor sum(Network network) {
    return Tensor.zeros(Shape.of(Slice.vectorSize(network.params())), network.dtype());
  }

  /**
   * Opens the samples of an epoch.
   *
   * @param fromStep the first step of it that will be computed; the others follow one by one
   */
  public void epoch(int number, int fromStep) throws IOException {
    work.epoch(number, fromStep);
  }

  /**
   * Computes the sum of a step, over all workers.
   *
   * @param leave whether this worker votes to stop after the step
   */
  public void sum(int stepInEpoch, long step, boolean leave) throws IOException {
    work.compute(stepInEpoch, step, leave);
    long start = System.nanoTime();
    workers.allReduce(work.sums(), sum);
    communicateNanos += System.nanoTime() - start;
  }

  /** Moves the network by the sum; nothing happens if no sample weighs anything. */
  public void update(Schedule.Position position) {
    if (weight() > 0) {
      if (samples() > 0) {
        work.statistics().take(statistics, samples());
      }
      update.apply(position, weight(), work.crew());
    }
  }

  /** Summed loss of the step. */
  public double loss() {
    return sum.get(tail);
  }

  /** What the samples of the step weigh. */
  public double weight() {
    return sum.get(tail + 1);
  }

  /** Right answers in the step. */
  double right() {
    return sum.get(tail + 2);
  }

  /** Samples in the step. */
  int samples() {
    return (int) sum.get(tail + 3);
  }

  /** Answered targets in the step. */
  double answered() {
    return sum.get(tail + 4);
  }

  /** Votes to stop. */
  int stopVotes() {
    return (int) sum.get(tail + 5);
  }

  /** The threads: between steps they are free for other work. */
  Crew crew() {
    return work.crew();
  }

  /** Ids of the threads, of which the caller's is the first. */
  public long[] threadIds() {
    return work.crew().threadIds();
  }

  /** Bytes of the outputs of all ops of a step, if each had a buffer of its own. */
  public long activationBytes() {
    return work.activationBytes();
  }

  /** Bytes of all buffers of a step, without parameters and their gradients. */
  public long memoryBytes() {
    return work.memoryBytes();
  }

  /** Nanoseconds all threads together spent on filling batches. */
  long dataNanos() {
    return work.dataNanos();
  }

  /** Nanoseconds spent on sums over workers, waiting for the slowest included. */
  long communicateNanos() {
    return communicateNanos + work.exchangeNanos();
  }

  @Override
  public void close() throws IOException {
    work.close();
  }
}
