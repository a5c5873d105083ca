package io.kiln.nn.thread;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Some threads that do a piece of work together, each its own part; the caller is one of them. They
 * wait for each other at the end of the piece only. Allocates nothing once it is made.
 *
 * <p>Order of calls, all by one thread: {@link #run} as often as one likes, {@link #close}.
 */
public final class Crew implements AutoCloseable {
  private static final Crew ALONE = new Crew(1);
  private static final long FOR_EVER = Long.MAX_VALUE;

  private final int size;
  private final Thread[] helpers;
  private final Waiting waiting;
  private final AtomicInteger busy = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> trouble = new AtomicReference<>();
  private final BooleanSupplier allDone = this::isDone;
  private @Nullable IntConsumer work; // published by round
  private volatile long round;
  private volatile boolean closed;

  /** A crew of that many, 1 or more. */
  public Crew(int size) {
    this.size = size;
    this.waiting = new Waiting(size);
    this.helpers = new Thread[size - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Thread(new Member(i + 1), "kiln-slice-" + (i + 1));
      helpers[i].setDaemon(true);
      helpers[i].start();
    }
  }

  /** A crew of the caller alone: no threads, nothing to close. */
  public static Crew alone() {
    return ALONE;
  }

  /** How many there are, the caller included. */
  public int size() {
    return size;
  }

  /** Ids of all threads, of which the caller's is the first. */
  public long[] threadIds() {
    long[] ids = new long[size];
    ids[0] = Thread.currentThread().getId();
    for (int i = 0; i < helpers.length; i++) {
      ids[i + 1] = helpers[i].getId();
    }
    return ids;
  }

  /**
   * Runs parts 0 to size - 1, the first on the calling thread, and returns when all are done. If
   * one throws, the others still end theirs; then this throws the same.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  public void run(IntConsumer piece) {
    if (size == 1) {
      piece.accept(0);
      return;
    }
    work = piece;
    trouble.set(null);
    busy.set(size);
    round++;
    waiting.tell();
    part(piece, 0);
    try {
      waiting.until(allDone, FOR_EVER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("fit: interrupted", e);
    }
    Throwable thrown = trouble.get();
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  private boolean isDone() {
    return busy.get() == 0;
  }

  private void part(IntConsumer piece, int number) {
    try {
      piece.accept(number);
    } catch (Throwable e) { // an Error too must reach the caller, or it would wait for ever
      trouble.compareAndSet(null, e);
    }
    if (busy.decrementAndGet() == 0) {
      waiting.tell();
    }
  }

  /** What a helper does all its life. */
  private final class Member implements Runnable {
    private final int number;
    private final BooleanSupplier called = this::isCalled;
    private long done;

    Member(int number) {
      this.number = number;
    }

    private boolean isCalled() {
      return round != done || closed;
    }

    @Override
    public void run() {
      while (true) {
        try {
          waiting.until(called, FOR_EVER);
        } catch (InterruptedException e) {
          return; // nobody knows this thread but us, and we do not interrupt it
        }
        IntConsumer piece = work;
        if (closed || piece == null) {
          return;
        }
        done++;
        part(piece, number);
      }
    }
  }

  /** Lets the threads go; one that works ends its part first. */
  @Override
  public void close() {
    closed = true;
    waiting.tell();
  }
}
