package io.kiln.nn.train;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.ShardTree;
import io.kiln.nn.collective.TreeSum;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.SampleOrder;
import io.kiln.nn.data.Shards;
import io.kiln.nn.layer.Loss;
import io.kiln.nn.layer.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One worker's shards: computes their gradient sums on the worker's threads. Which thread takes
 * which shard makes no difference to the sum.
 */
final class ShardWork implements AutoCloseable {
  private final Dataset train;
  private final Shards shards;
  private final FitOptions options;
  private final TreeSum sums;
  private final List<Slice> slices = new ArrayList<>();
  private final SampleOrder[] orders;
  private final int[][] samples;
  private final ExecutorService threads;

  ShardWork(
      Network network,
      Loss loss,
      Dataset train,
      Shards shards,
      FitOptions options,
      Collective.Place place) {
    this.train = train;
    this.shards = shards;
    this.options = options;
    this.sums =
        new TreeSum(
            new ShardTree(shards.count()),
            place,
            network.dtype(),
            Slice.vectorSize(network.params()));
    int own = sums.end() - sums.first();
    int active = Math.max(1, Math.min(options.threads(), own));
    int most = 0;
    for (int shard = sums.first(); shard < sums.end(); shard++) {
      most = Math.max(most, shards.most(shard));
    }
    this.samples = new int[active][most];
    for (int i = 0; i < active; i++) {
      slices.add(new Slice(network, loss));
    }
    this.orders = new SampleOrder[own];
    this.threads =
        Executors.newFixedThreadPool(
            Math.max(1, active - 1),
            task -> {
              Thread thread = new Thread(task, "kiln-slice");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The sums that {@link #compute} fills. */
  TreeSum sums() {
    return sums;
  }

  /** Nanoseconds all threads together spent on filling batches. */
  long dataNanos() {
    return slices.stream().mapToLong(Slice::dataNanos).sum();
  }

  /** Sets the order of samples for an epoch. */
  void epoch(int epoch) {
    for (int i = 0; i < orders.length; i++) {
      int shard = sums.first() + i;
      orders[i] = SampleOrder.of(options.seed(), epoch, shard, shards.size(shard));
    }
  }

  /** Computes the sums of all own shards for a step. */
  void compute(int epoch, int stepOfEpoch, long step, boolean stop) {
    List<Future<?>> others = new ArrayList<>(slices.size());
    for (int thread = 1; thread < slices.size(); thread++) {
      int which = thread;
      others.add(threads.submit(() -> run(which, epoch, stepOfEpoch, step, stop)));
    }
    run(0, epoch, stepOfEpoch, step, stop);
    for (Future<?> other : others) {
      join(other);
    }
  }

  private static void join(Future<?> other) {
    try {
      other.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("fit: interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("fit: a slice failed: " + e.getCause(), e);
    }
  }

  /** The shards of one thread: every T-th. */
  private void run(int thread, int epoch, int stepOfEpoch, long step, boolean stop) {
    Slice slice = slices.get(thread);
    for (int i = thread; i < orders.length; i += slices.size()) {
      int shard = sums.first() + i;
      int from = shards.from(shard, stepOfEpoch);
      int to = shards.to(shard, stepOfEpoch);
      int[] room = samples[thread];
      orders[i].fill(from, to, room, 0);
      for (int k = 0; k < to - from; k++) {
        room[k] += shards.start(shard);
      }
      long firstSample = ((long) shard << 32) + from;
      slice.run(train, room, 0, to - from, options.seed(), epoch, step, firstSample);
      if (stop) {
        slice.vector().set(slice.vector().count() - 1, 1);
      }
      if (slices.size() == 1 && orders.length == 1) {
        sums.lend(shard, slice.vector());
      } else {
        sums.add(shard, slice.vector());
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
