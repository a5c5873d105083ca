package io.kiln.spark.mlflow;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the newest of what changes, on a thread of its own. The first trouble is told once, and is
 * the end of it.
 */
final class Sender<R> {
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

  /** Longer than all that is sent at an end may take. */
  private static final long PATIENCE_SECONDS = 120;

  /** Sends what changed. */
  interface Sending<R> {
    void send(R newest) throws IOException;
  }

  private final String address;
  private final Sending<R> sending;
  private final AtomicReference<@Nullable R> due = new AtomicReference<>();
  private volatile boolean dead;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread daemon = new Thread(task, "kiln-mlflow");
            daemon.setDaemon(true);
            return daemon;
          });

  Sender(String address, Sending<R> sending) {
    this.address = address;
    this.sending = sending;
  }

  /** There is something newer. */
  void later(R newest) {
    if (due.getAndSet(newest) == null && !dead && !thread.isShutdown()) {
      Future<?> unused = thread.submit(this::sendDue);
    }
  }

  private void sendDue() {
    R newest = due.getAndSet(null);
    if (newest != null) {
      tried(() -> sending.send(newest));
    }
  }

  /** Something that is sent. */
  interface Step {
    void run() throws IOException;
  }

  /** Does a last thing and waits for it. */
  void finish(Step last) {
    Future<?> unused = thread.submit(() -> tried(last));
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        thread.shutdownNow();
        LOG.warn("mlflow: {} takes too long; the rest is not recorded there", address);
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void tried(Step step) {
    if (dead) {
      return;
    }
    try {
      step.run();
    } catch (IOException | RuntimeException e) {
      dead = true;
      LOG.warn(
          "mlflow: {} could not be told ({}); the run goes on and is not recorded there",
          address,
          e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }
}
