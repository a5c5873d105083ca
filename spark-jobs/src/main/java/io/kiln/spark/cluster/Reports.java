package io.kiln.spark.cluster;

import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What workers report, on its way to whoever runs the gang: one message at a time, in the order in
 * which they came, on a thread of its own. However slow the receiver is, no worker waits for it and
 * nothing is lost: what has come is kept until it is handed over.
 */
final class Reports implements Closeable {
  private final Consumer<Message> receiver;
  private final Consumer<RuntimeException> trouble;
  private final Queue<Message> waiting = new ArrayDeque<>();
  private boolean handing;
  private boolean closed;

  /**
   * Reports without a message yet.
   *
   * @param trouble gets what the receiver throws
   */
  Reports(Consumer<Message> receiver, Consumer<RuntimeException> trouble) {
    this.receiver = receiver;
    this.trouble = trouble;
    Thread thread = new Thread(this::hand, "kiln-reports");
    thread.setDaemon(true);
    thread.start();
  }

  /** Takes a message; does not wait for anybody. */
  synchronized void add(Message message) {
    if (!closed) {
      waiting.add(message);
      notifyAll();
    }
  }

  private void hand() {
    try {
      for (Message next = next(); next != null; next = next()) {
        try {
          receiver.accept(next);
        } catch (RuntimeException e) {
          trouble.accept(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      done();
    }
  }

  private synchronized @Nullable Message next() throws InterruptedException {
    handing = false;
    notifyAll();
    while (waiting.isEmpty() && !closed) {
      wait();
    }
    Message next = waiting.poll();
    handing = next != null;
    return next;
  }

  private synchronized void done() {
    handing = false;
    waiting.clear();
    notifyAll();
  }

  /** Waits until all that has come is handed over. */
  synchronized void drain() throws InterruptedException {
    while (handing || !waiting.isEmpty()) {
      wait();
    }
  }

  /** Takes no more, and waits for what has come; if this thread is interrupted, drops the rest. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    try {
      drain();
    } catch (InterruptedException e) {
      waiting.clear();
      Thread.currentThread().interrupt();
    }
  }
}
