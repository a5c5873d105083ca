package io.kiln.nn.train;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Some threads that do a piece of work together, each its own part; the caller is one of them. They
 * wait for each other at the end of the piece only. Allocates nothing once it is made.
 *
 * <p>Order of calls, all by one thread: {@link #run} as often as one likes, {@link #close}.
 */
final class Crew implements AutoCloseable {
  private final int size;
  private final Object lock = new Object();
  private @Nullable IntConsumer work;
  private @Nullable Throwable trouble;
  private long round;
  private int busy;
  private boolean closed;

  /** A crew of that many, 1 or more. */
  Crew(int size) {
    this.size = size;
    for (int i = 1; i < size; i++) {
      int number = i;
      Thread thread = new Thread(() -> serve(number), "kiln-slice-" + number);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** How many there are, the caller included. */
  int size() {
    return size;
  }

  /**
   * Runs parts 0 to size - 1, the first on the calling thread, and returns when all are done. If
   * one throws, the others still end theirs; then this throws the same.
   */
  void run(IntConsumer piece) {
    synchronized (lock) {
      work = piece;
      trouble = null;
      busy = size;
      round++;
      lock.notifyAll();
    }
    part(piece, 0);
    Throwable thrown = awaitAll();
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  private void serve(int number) {
    long done = 0;
    while (true) {
      IntConsumer piece;
      synchronized (lock) {
        while (round == done && !closed) {
          try {
            lock.wait();
          } catch (InterruptedException e) {
            return; // nobody knows this thread but us, and we do not interrupt it
          }
        }
        if (closed || work == null) {
          return;
        }
        done = round;
        piece = work;
      }
      part(piece, number);
    }
  }

  private void part(IntConsumer piece, int number) {
    Throwable thrown = null;
    try {
      piece.accept(number);
    } catch (Throwable e) {
      thrown = e; // an Error too must reach the caller, or it would wait for ever
    }
    synchronized (lock) {
      if (trouble == null) {
        trouble = thrown;
      }
      busy--;
      if (busy == 0) {
        lock.notifyAll();
      }
    }
  }

  private @Nullable Throwable awaitAll() {
    synchronized (lock) {
      try {
        while (busy > 0) {
          lock.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("fit: interrupted", e);
      }
      return trouble;
    }
  }

  /** Lets the threads go; one that works ends its part first. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
  }
}
