package io.kiln.spark.report;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Writes a report that changes often, on a thread of its own and always in its newest form: what
 * changes while it rests or writes is written together. Whoever changes the report waits for no
 * disk. Thread-safe.
 */
final class ReportWriter implements AutoCloseable {
  /** How long a report that is not the last rests before it is written, at least and at most. */
  private static final long LEAST_REST_MILLIS = 500;

  private static final long MOST_REST_MILLIS = 5_000;

  /** It rests so many times as long as the last writing took: workers share its cores. */
  private static final long REST = 20;

  /** Writes the report as it is now. */
  interface Writing {
    void write() throws IOException;
  }

  private final Writing writing;
  private final Consumer<IOException> trouble;
  private final Object disk = new Object();
  private final AtomicBoolean due = new AtomicBoolean();
  private volatile long restMillis = LEAST_REST_MILLIS;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread daemon = new Thread(task, "kiln-report");
            daemon.setDaemon(true);
            return daemon;
          });

  /**
   * A writer with nothing to do.
   *
   * @param writing called by one thread at a time
   * @param trouble hears what it throws, where nobody waits for it
   */
  ReportWriter(Writing writing, Consumer<IOException> trouble) {
    this.writing = writing;
    this.trouble = trouble;
  }

  /** Writes a little later. */
  void later() {
    if (!due.getAndSet(true)) {
      Future<?> unused = thread.schedule(this::catchUp, restMillis, TimeUnit.MILLISECONDS);
    }
  }

  /** Writes now, on the caller's thread. */
  void now() throws IOException {
    due.set(false);
    synchronized (disk) {
      long begun = System.nanoTime();
      writing.write();
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
      restMillis = Math.max(LEAST_REST_MILLIS, Math.min(MOST_REST_MILLIS, REST * took));
    }
  }

  /** Writes what is still due. */
  void catchUp() {
    if (due.get()) {
      try {
        now();
      } catch (IOException e) {
        trouble.accept(e);
      }
    }
  }

  /** Writes what is still due, and ends the thread. */
  @Override
  public void close() {
    catchUp();
    thread.shutdown();
  }
}
