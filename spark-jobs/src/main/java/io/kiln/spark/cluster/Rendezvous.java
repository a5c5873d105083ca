package io.kiln.spark.cluster;

import io.kiln.nn.collective.AttemptKey;
import io.kiln.nn.collective.ControlChannel;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The driver's end of one attempt: workers come in, get the table of all, report, and are watched.
 * Whoever leaves without a word or is silent for too long is a failure, and a failure makes all
 * others leave, and those who come late. A worker's last word is answered, so nothing it said
 * before is on its way any more.
 */
final class Rendezvous implements Closeable {
  private static final Duration BEAT = Duration.ofSeconds(1);

  private final GangOptions options;
  private final Reports reports;
  private final ControlChannel.Listener listener;
  private final @Nullable ControlChannel[] channels;
  private final @Nullable WorkerInfo[] workers;
  private final boolean[] deaf;
  private final CountDownLatch gone;
  private final CountDownLatch failed = new CountDownLatch(1);
  private final CountDownLatch complete = new CountDownLatch(1);
  private @Nullable Failure failure;
  private @Nullable RuntimeException driverError;
  private boolean stopping;
  private boolean closed;

  Rendezvous(String host, GangOptions options, AttemptKey key, Consumer<Message> onProgress)
      throws IOException {
    this.options = options;
    this.channels = new ControlChannel[options.workers()];
    this.workers = new WorkerInfo[options.workers()];
    this.deaf = new boolean[options.workers()];
    this.gone = new CountDownLatch(options.workers());
    this.reports = new Reports(onProgress, this::failed);
    this.listener = listen(host, key);
    thread("kiln-heart", this::beat);
  }

  private ControlChannel.Listener listen(String host, AttemptKey key) throws IOException {
    try {
      return ControlChannel.listen(
          host,
          options.ports(),
          key,
          options.attempt(),
          options.workers(),
          options.encrypt(),
          this::welcome);
    } catch (IOException | RuntimeException e) {
      reports.close();
      throw e;
    }
  }

  private static void thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.port();
  }

  private void welcome(ControlChannel channel) {
    int rank = channel.rank();
    Failure known;
    synchronized (this) {
      if (closed || channels[rank] != null) {
        quietly(channel);
        return;
      }
      channels[rank] = channel;
      known = failure;
    }
    thread("kiln-worker-" + rank, () -> serve(channel));
    if (known != null) {
      send(channel, aborted(known)); // It came late; those it looks for have left or are leaving.
    }
  }

  /** Listens to one worker until it leaves. */
  private void serve(ControlChannel channel) {
    boolean done = false;
    String trouble = "";
    try {
      while (!done) {
        byte[] message = channel.receive(options.heartbeatTimeout());
        switch (Protocol.code(message)) {
          case REGISTER -> register(channel.rank(), Protocol.registered(message));
          case PROGRESS -> reports.add(new Message(channel.rank(), Protocol.progressBody(message)));
          case FAILED -> {
            fail(Protocol.failure(message));
            done = true;
          }
          case DONE -> done = true;
          case HEARTBEAT, TABLE, STOP, ABORT, HEARD -> {}
        }
      }
    } catch (SocketTimeoutException e) {
      trouble =
          "no sign of life for "
              + options.heartbeatTimeout().toSeconds()
              + " s; its process hangs, or the network is cut";
    } catch (EOFException | SocketException e) {
      trouble = "its process ended without a word";
    } catch (IOException e) {
      trouble = "its connection broke; " + e.getMessage();
    } finally {
      if (!done) {
        fail(Failure.lost(channel.rank(), host(channel.rank()), trouble));
      }
      gone.countDown();
      farewell(channel, done);
    }
  }

  /**
   * Answers a worker's last word, and closes once it has left: before, the answer could be lost.
   */
  private void farewell(ControlChannel channel, boolean answered) {
    synchronized (this) {
      deaf[channel.rank()] = true;
    }
    try {
      if (answered) {
        channel.send(Protocol.bare(Protocol.Code.HEARD));
        while (true) {
          channel.receive(options.heartbeatTimeout()); // heartbeats that crossed with the answer
        }
      }
    } catch (IOException e) {
      Objects.requireNonNull(e); // It has left.
    } finally {
      quietly(channel);
    }
  }

  private synchronized String host(int rank) {
    WorkerInfo worker = workers[rank];
    return worker == null ? "an unknown host" : worker.host();
  }

  private void register(int rank, WorkerInfo worker) throws IOException {
    List<WorkerInfo> all = new ArrayList<>();
    synchronized (this) {
      if (worker.rank() != rank) {
        throw new IOException("it registered as rank " + worker.rank() + " but proved " + rank);
      }
      workers[rank] = worker;
      for (WorkerInfo one : workers) {
        if (one == null) {
          return;
        }
        all.add(one);
      }
    }
    listener.close();
    send(Protocol.table(all));
    complete.countDown();
    synchronized (this) {
      if (stopping) {
        send(Protocol.bare(Protocol.Code.STOP));
      }
    }
  }

  /** What the receiver of reports threw ends the attempt. */
  private void failed(RuntimeException e) {
    synchronized (this) {
      driverError = driverError == null ? e : driverError;
    }
    fail(
        new Failure(
            -1,
            "the driver",
            Failure.Grade.THROWN,
            e.getClass().getName(),
            String.valueOf(e.getMessage()),
            "",
            0,
            false));
  }

  /** Notes a failure and makes all leave. */
  void fail(Failure news) {
    synchronized (this) {
      if (closed) {
        return;
      }
      Failure known = failure;
      if (known == null || news.explains(known)) {
        failure = news;
      }
    }
    send(aborted(news));
    failed.countDown();
  }

  private static byte[] aborted(Failure failure) {
    return Protocol.abort("worker " + failure.rank() + " on " + failure.host() + " failed");
  }

  private void send(byte[] message) {
    for (ControlChannel channel : channels()) {
      send(channel, message);
    }
  }

  /** A worker that cannot be told may still have said something: its listener goes on reading. */
  private void send(ControlChannel channel, byte[] message) {
    try {
      channel.send(message);
    } catch (IOException e) {
      synchronized (this) {
        deaf[channel.rank()] = true;
      }
    }
  }

  /** Those who listen. */
  private synchronized List<ControlChannel> channels() {
    List<ControlChannel> there = new ArrayList<>();
    for (ControlChannel channel : channels) {
      if (channel != null && !deaf[channel.rank()]) {
        there.add(channel);
      }
    }
    return there;
  }

  private void beat() {
    byte[] beat = Protocol.bare(Protocol.Code.HEARTBEAT);
    try {
      while (!gone.await(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
        synchronized (this) {
          if (closed) {
            return;
          }
        }
        send(beat);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks all workers to save and leave. */
  void stop() {
    synchronized (this) {
      stopping = true;
    }
    send(Protocol.bare(Protocol.Code.STOP));
  }

  /** Whether all workers came in time, or one failed in that time. */
  boolean awaitStart(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() - end < 0) {
      if (complete.await(50, TimeUnit.MILLISECONDS) || failed.getCount() == 0) {
        return true;
      }
    }
    return false;
  }

  /** Waits for the first failure, that long at most. */
  boolean awaitFailure(Duration patience) throws InterruptedException {
    return failed.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits until all workers have left, that long at most. */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    return gone.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits until all that workers have reported so far is handed over. */
  void drain() throws InterruptedException {
    reports.drain();
  }

  /** How many have come. */
  synchronized int present() {
    int n = 0;
    for (WorkerInfo worker : workers) {
      n += worker == null ? 0 : 1;
    }
    return n;
  }

  /** The worker of that rank, if it has come. */
  synchronized @Nullable WorkerInfo worker(int rank) {
    return rank < 0 ? null : workers[rank];
  }

  /** The failure nearest to the root of the trouble, so far. */
  synchronized @Nullable Failure failure() {
    return failure;
  }

  /** What the receiver of progress messages threw. */
  synchronized @Nullable RuntimeException driverError() {
    return driverError;
  }

  private static void quietly(ControlChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      Objects.requireNonNull(e); // A socket that cannot be closed is closed.
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    listener.close();
    for (ControlChannel channel : channels) {
      if (channel != null) {
        quietly(channel);
      }
    }
    reports.close();
  }
}
