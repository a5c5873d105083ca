package io.kiln.nn.train;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.ShardTree;
import io.kiln.nn.collective.TreeSum;
import io.kiln.nn.data.Prefetching;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.Shards;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.thread.Crew;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One worker's shards: computes their gradient sums on the worker's threads. Which thread takes
 * which shard makes no difference to the sum.
 *
 * <p>A thread takes its shards through the step one after another, in one slice of memory. Where a
 * network asks for sums over all shards in the midst of a step, every shard has a slice of its own,
 * and a thread takes its shards to the next such stop, one after another; then the worker makes the
 * exchange; and so on.
 */
final class ShardWork implements AutoCloseable {
  private static final int LEAST_AHEAD = 64;
  private static final Tensor NOTHING = Tensor.zeros(Shape.of(0), DType.FLOAT64);

  private final ShardedSamples train;
  private final Shards shards;
  private final FitOptions options;
  private final TreeSum sums;
  private final StepSums between;
  private final Statistics statistics;
  private final List<Slice> slices = new ArrayList<>();
  private final @Nullable ShardReader[] readers;
  private final Crew crew;
  private final IntConsumer begin = this::begin;
  private final IntConsumer resume = this::resume;
  private final IntConsumer addUp = this::addUp;
  private int epoch;
  private int stepOfEpoch;
  private long step;
  private boolean stop;
  private int firstWithSamples;
  private int stopsDone;

  /**
   * The work of a worker's shards.
   *
   * @param out where the sum over all shards of all workers is wanted
   */
  ShardWork(
      Network network,
      Loss loss,
      ShardedSamples train,
      Shards shards,
      FitOptions options,
      Collective workers,
      Tensor out) {
    this.train = SparseInput.readable(network, train);
    this.shards = shards;
    this.options = options;
    ShardTree tree = new ShardTree(shards.count());
    int own =
        tree.first(workers.rank() + 1, workers.size()) - tree.first(workers.rank(), workers.size());
    int active = Math.max(1, Math.min(options.threads(), own));
    this.sums = new TreeSum(tree, workers.place(), network.dtype(), out.count(), active);
    this.between = new StepSums(network, loss, tree, workers);
    this.statistics = new Statistics(network, between.alike());
    int count = between.count() > 0 ? own : active;
    // Where a sum is made, it is made in memory that no other thread looks at.
    boolean single = own == 1 && workers.size() == 1;
    for (int i = 0; i < count; i++) {
      Tensor vector = single ? out : Tensor.zeros(out.shape(), out.dtype());
      slices.add(new Slice(network, loss, statistics, this.train, vector));
    }
    if (!single && workers.size() == 1) {
      sums.into(out);
    }
    this.readers = new @Nullable ShardReader[own];
    this.crew = new Crew(active);
  }

  /** The worker's threads. */
  Crew crew() {
    return crew;
  }

  /** Bytes of the outputs of all ops of a step. */
  long activationBytes() {
    return slices.stream().mapToLong(Slice::activationBytes).sum();
  }

  /** Bytes of the buffers of all threads. */
  long memoryBytes() {
    return slices.stream().mapToLong(Slice::memoryBytes).sum();
  }

  /** The sums that {@link #compute} fills. */
  TreeSum sums() {
    return sums;
  }

  /** How running statistics come out of the sums. */
  Statistics statistics() {
    return statistics;
  }

  /** Nanoseconds all threads together spent on filling batches. */
  long dataNanos() {
    return slices.stream().mapToLong(Slice::dataNanos).sum();
  }

  /** Nanoseconds spent on sums in the midst of steps. */
  long exchangeNanos() {
    return between.nanos();
  }

  /**
   * Opens the own shards for an epoch.
   *
   * @param fromStep the first step of it that will be computed; the others follow one by one
   */
  void epoch(int number, int fromStep) throws IOException {
    epoch = number;
    for (int i = 0; i < readers.length; i++) {
      int shard = sums.first() + i;
      close(i);
      long from = shards.from(shard, fromStep);
      if (shards.size(shard) > from) {
        readers[i] =
            train.stored()
                ? Prefetching.of(train, shard, number, from, ahead(shard), sums.dtype())
                : train.open(shard, number, from);
      }
    }
  }

  /** Samples that are read ahead at once: of one step, but not so few that each is a wait. */
  private int ahead(int shard) {
    return Math.max(LEAST_AHEAD, shards.most(shard));
  }

  private void close(int i) throws IOException {
    ShardReader reader = readers[i];
    readers[i] = null;
    if (reader != null) {
      reader.close();
    }
  }

  /**
   * Computes the sums of all own shards for a step. If one shard fails, this throws the same once
   * the threads are at rest; other workers learn of it when this one leaves.
   *
   * @param leave whether this worker votes to stop after the step
   */
  void compute(int stepInEpoch, long stepInAll, boolean leave) throws IOException {
    stepOfEpoch = stepInEpoch;
    step = stepInAll;
    stop = leave;
    firstWithSamples = 0;
    while (firstWithSamples < shards.count()
        && shards.samples(firstWithSamples, stepOfEpoch) == 0) {
      firstWithSamples++;
    }
    try {
      crew.run(begin);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (stopsDone = 0; stopsDone < between.count(); stopsDone++) {
      between.exchange(stopsDone);
      crew.run(resume);
    }
    if (crew.size() > 1) {
      crew.run(addUp);
    }
  }

  /** One thread's part of the numbers, of the sums of all. */
  private void addUp(int thread) {
    long count = sums.count();
    sums.addUp((int) (thread * count / crew.size()), (int) ((thread + 1) * count / crew.size()));
  }

  private Slice slice(int thread, int i) {
    return slices.get(between.count() > 0 ? i : thread);
  }

  /** The first of the own shards that a thread takes; it takes those before the next thread's. */
  private int firstOf(int thread) {
    return Shards.firstShard(thread, crew.size(), readers.length);
  }

  /** Takes the shards of one thread to the first stop or the end. */
  private void begin(int thread) {
    for (int i = firstOf(thread); i < firstOf(thread + 1); i++) {
      int shard = sums.first() + i;
      int n = shards.samples(shard, stepOfEpoch);
      long firstSample = ((long) shard << 40) + shards.from(shard, stepOfEpoch);
      Slice slice = slice(thread, i);
      try {
        slice.begin(
            readers[i], n, options.seed(), epoch, step, firstSample, shard == firstWithSamples);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (between.count() == 0) {
        slice.advance(null, NOTHING);
        give(shard, slice);
      } else {
        slice.advance(null, between.part(0, i));
        between.add(0, i);
      }
    }
  }

  /** Takes the shards of one thread to the next stop or the end. */
  private void resume(int thread) {
    int next = stopsDone + 1;
    for (int i = firstOf(thread); i < firstOf(thread + 1); i++) {
      Slice slice = slices.get(i);
      if (next < between.count()) {
        slice.advance(between.whole(stopsDone), between.part(next, i));
        between.add(next, i);
      } else {
        slice.advance(between.whole(stopsDone), NOTHING);
        give(sums.first() + i, slice);
      }
    }
  }

  private void give(int shard, Slice slice) {
    if (stop) {
      slice.vector().set(slice.vector().count() - 1, 1);
    }
    if (slices.size() == readers.length) {
      sums.lend(shard, slice.vector());
    } else {
      sums.add(shard, slice.vector());
    }
  }

  @Override
  public void close() throws IOException {
    crew.close();
    for (int i = 0; i < readers.length; i++) {
      close(i);
    }
  }
}
