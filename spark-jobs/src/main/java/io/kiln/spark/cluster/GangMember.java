package io.kiln.spark.cluster;

import io.kiln.nn.collective.AttemptKey;
import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.ControlChannel;
import io.kiln.nn.collective.MeshEndpoint;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;

/** A worker's end of an attempt, inside its task: registers, beats, listens to the driver. */
final class GangMember {
  private static final Duration BEAT = Duration.ofSeconds(1);

  /** How long a worker that failed stays for the driver to hear why. */
  private static final Duration LAST_WORD = Duration.ofSeconds(3);

  /** What a task does once all workers are linked. */
  interface Body {
    byte[] run(GangContext context) throws Exception;
  }

  private final GangOptions options;
  private final TaskContext task;
  private final Thread taskThread = Thread.currentThread();
  private final ControlChannel driver;
  private final CompletableFuture<List<WorkerInfo>> table = new CompletableFuture<>();
  private final CompletableFuture<Boolean> heard = new CompletableFuture<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean stopRequested;
  private volatile String told = "";
  private @Nullable AutoCloseable links;
  private boolean finished;

  private GangMember(GangOptions options, TaskContext task, ControlChannel driver) {
    this.options = options;
    this.task = task;
    this.driver = driver;
  }

  /** Meets the other workers, runs the body and leaves. */
  static byte[] run(
      GangOptions options, String driverHost, int driverPort, AttemptKey key, Body body)
      throws Exception {
    TaskContext task = TaskContext.get();
    Collective.Place place = new Collective.Place(task.partitionId(), options.workers());
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    host = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    ControlChannel driver;
    try {
      driver =
          ControlChannel.call(
              driverHost,
              driverPort,
              key,
              options.attempt(),
              place,
              options.encrypt(),
              options.startTimeout());
    } catch (IOException e) {
      throw new IOException(
          "gang: worker "
              + place.rank()
              + " on "
              + host
              + " cannot reach the driver at "
              + driverHost
              + ":"
              + driverPort
              + "; "
              + e.getMessage()
              + "; check spark.driver.host and firewalls",
          e);
    }
    GangMember member = new GangMember(options, task, driver);
    try {
      return member.work(host, key, place, body);
    } finally {
      member.ended.countDown();
      driver.close();
    }
  }

  private byte[] work(String host, AttemptKey key, Collective.Place place, Body body)
      throws Exception {
    daemon("kiln-driver-link", this::listen);
    daemon("kiln-heart", this::beat);
    try {
      byte[] result;
      try (MeshEndpoint endpoint =
          MeshEndpoint.open(host, options.links(), key, options.attempt(), place)) {
        closeWhenTold(endpoint);
        MeshEndpoint.Address at = endpoint.address();
        send(
            Protocol.register(
                new WorkerInfo(
                    place.rank(),
                    at.host(),
                    at.port(),
                    at.jvm(),
                    SparkEnv.get().executorId(),
                    task.cpus())));
        List<WorkerInfo> workers = awaitTable();
        try (Collective collective =
            endpoint.join(workers.stream().map(WorkerInfo::address).toList())) {
          closeWhenTold(collective);
          result = body.run(new GangContext(this, collective, workers, options.attempt()));
        }
      }
      finish();
      send(Protocol.bare(Protocol.Code.DONE));
      awaitHeard(options.heartbeatTimeout().multipliedBy(3));
      return result;
    } catch (Throwable e) {
      // Whatever it is, the driver should hear of it from here: Spark tells it later, and less.
      finish();
      boolean wasTold = !told.isEmpty() || task.isInterrupted();
      boolean interrupted = Thread.interrupted();
      try {
        send(Protocol.failed(Failure.thrown(place.rank(), host, e, wasTold)));
        awaitHeard(LAST_WORD);
      } catch (IOException unsent) {
        e.addSuppressed(unsent);
      } catch (InterruptedException unheard) {
        e.addSuppressed(unheard);
        interrupted = true;
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      throw e;
    }
  }

  /**
   * Waits until the driver has read all this worker said: a socket that is closed before takes with
   * it what is still on its way.
   */
  private void awaitHeard(Duration patience) throws IOException, InterruptedException {
    try {
      heard.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(
          "gang: the driver did not confirm this worker's reports; " + e.getMessage(), e);
    }
  }

  private List<WorkerInfo> awaitTable() throws InterruptedException, IOException {
    try {
      return table.get(options.startTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new CancellationException("gang: " + told);
    } catch (TimeoutException e) {
      throw new IOException(
          "gang: not all of "
              + options.workers()
              + " workers came within "
              + options.startTimeout().toSeconds()
              + " s",
          e);
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void listen() {
    Duration patience = options.heartbeatTimeout().multipliedBy(3);
    try {
      while (true) {
        byte[] message = driver.receive(patience);
        switch (Protocol.code(message)) {
          case TABLE -> table.complete(Protocol.table(message, options.workers()));
          case STOP -> stopRequested = true;
          case ABORT -> leave(Protocol.abortReason(message));
          case HEARD -> {
            heard.complete(true);
            return;
          }
          case HEARTBEAT, REGISTER, PROGRESS, FAILED, DONE -> {}
        }
      }
    } catch (SocketTimeoutException e) {
      heard.completeExceptionally(e);
      leave("the driver gave no sign of life for " + patience.toSeconds() + " s");
    } catch (IOException e) {
      heard.completeExceptionally(e);
      leave("the connection with the driver broke; " + e.getMessage());
    }
  }

  /** From here on nobody interrupts this thread on the gang's behalf. */
  private synchronized void finish() {
    finished = true;
  }

  /** Ends the task wherever it is. */
  private void leave(String why) {
    AutoCloseable open;
    synchronized (this) {
      if (finished) {
        return;
      }
      told = why;
      open = links;
    }
    table.completeExceptionally(new CancellationException(why));
    close(open);
    synchronized (this) {
      if (!finished) {
        taskThread.interrupt();
      }
    }
  }

  private void closeWhenTold(AutoCloseable open) {
    boolean late;
    synchronized (this) {
      links = open;
      late = !told.isEmpty();
    }
    if (late) {
      close(open);
    }
  }

  private static void close(@Nullable AutoCloseable open) {
    if (open != null) {
      try {
        open.close();
      } catch (Exception e) {
        throw new IllegalStateException("gang: a link cannot be closed", e);
      }
    }
  }

  private void beat() {
    byte[] beat = Protocol.bare(Protocol.Code.HEARTBEAT);
    try {
      while (!ended.await(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
        send(beat);
      }
    } catch (IOException e) {
      leave("the connection with the driver broke; " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void send(byte[] message) throws IOException {
    driver.send(message);
  }

  boolean stopRequested() {
    return stopRequested;
  }

  void checkAlive() {
    if (!told.isEmpty()) {
      throw new CancellationException("gang: " + told);
    }
    if (task.isInterrupted()) {
      throw new CancellationException("gang: Spark kills this task");
    }
  }
}
