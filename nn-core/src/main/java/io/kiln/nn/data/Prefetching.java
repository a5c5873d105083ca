package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a shard ahead on a thread of its own, into spare batches; {@link #fill} copies out of them.
 * Once warm it allocates nothing. What the reader throws is thrown by the {@link #fill} that would
 * have needed it.
 */
public final class Prefetching implements ShardReader {
  private static final int SPARE = 3;

  private final ShardReader source;
  private final Batch[] spare = new Batch[SPARE];
  private final int[] counts = new int[SPARE];
  private final Thread thread;
  private long unread;
  private int taken;
  private int ready;
  private int used;
  private boolean closed;
  private @Nullable Throwable failure;

  private Prefetching(ShardReader source, ShardedSamples samples, int chunk, DType dtype) {
    this.source = source;
    for (int i = 0; i < SPARE; i++) {
      spare[i] = samples.batch(chunk, dtype);
    }
    this.thread = new Thread(this::readAhead, "kiln-read-ahead");
    thread.setDaemon(true);
  }

  /**
   * Opens an own shard as {@link ShardedSamples#open} does and begins to read.
   *
   * @param chunk samples read at once; three times as many are in memory
   */
  public static Prefetching of(
      ShardedSamples samples, int shard, int epoch, long position, int chunk, DType dtype)
      throws IOException {
    ShardReader source = samples.open(shard, epoch, position);
    long left = samples.size(shard) - position;
    int size = (int) Math.max(1, Math.min(chunk, left));
    Prefetching prefetching = new Prefetching(source, samples, size, dtype);
    for (Batch batch : prefetching.spare) {
      batch.epoch(epoch);
    }
    prefetching.unread = left;
    prefetching.thread.start();
    return prefetching;
  }

  private void readAhead() {
    int next = 0;
    try {
      while (unread > 0 && awaitRoom()) {
        int n = (int) Math.min(spare[next].size(), unread);
        source.fill(spare[next], n);
        counts[next] = n;
        unread -= n;
        publish();
        next = (next + 1) % SPARE;
      }
    } catch (Throwable e) { // whatever it is, it is for the thread that waits
      fail(e);
    }
  }

  private synchronized boolean awaitRoom() throws InterruptedException {
    while (ready == SPARE && !closed) {
      wait();
    }
    return !closed;
  }

  private synchronized void publish() {
    ready++;
    notifyAll();
  }

  private synchronized void fail(Throwable e) {
    failure = e;
    notifyAll();
  }

  @Override
  public void fill(Batch batch, int n) throws IOException {
    int row = 0;
    while (row < n) {
      int chunk = await();
      int count = Math.min(n - row, counts[chunk] - used);
      copy(spare[chunk], used, batch, row, count);
      row += count;
      used += count;
      if (used == counts[chunk]) {
        release();
      }
    }
  }

  private synchronized int await() throws IOException {
    try {
      while (ready == 0) {
        if (failure != null) {
          rethrow(failure);
        }
        if (!thread.isAlive()) {
          throw new IllegalArgumentException("read ahead: no more samples are left");
        }
        wait(1000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("read ahead: interrupted");
    }
    return taken;
  }

  private static void rethrow(Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    throw new IOException("read ahead: " + failure.getMessage(), failure);
  }

  private synchronized void release() {
    taken = (taken + 1) % SPARE;
    used = 0;
    ready--;
    notifyAll();
  }

  private static void copy(Batch from, int fromRow, Batch to, int row, int count) {
    SparseRows sparse = from.sparse();
    if (sparse == null) {
      for (int i = 0; i < from.inputs().size(); i++) {
        copy(from.input(i), fromRow, to.input(i), row, count);
      }
    } else {
      SparseRows rows = to.sparse();
      if (rows == null) {
        throw new IllegalArgumentException("read ahead: samples are sparse but the batch is dense");
      }
      for (int i = 0; i < count; i++) {
        rows.copy(sparse, fromRow + i, row + i);
      }
    }
    copy(from.target(), fromRow, to.target(), row, count);
    Tensor weights = from.weights();
    Tensor room = to.weights();
    if (weights != null && room != null) {
      copy(weights, fromRow, room, row, count);
    }
  }

  private static void copy(Tensor from, int fromRow, Tensor to, int row, int count) {
    int width = from.shape().count(1, from.shape().rank());
    int source = from.offset() + fromRow * width;
    int place = to.offset() + row * width;
    if (from.dtype() == DType.FLOAT32) {
      System.arraycopy(from.floats(), source, to.floats(), place, count * width);
    } else {
      System.arraycopy(from.doubles(), source, to.doubles(), place, count * width);
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // the thread must be gone before its file is closed
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    source.close();
  }
}
