package io.kiln.spark.report;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one process that may write to a folder: a file in it says which, and is renewed every ten
 * seconds. One that ended without giving the folder back does not own it any more: on this machine
 * its process is gone, elsewhere its file rests for three renewals.
 */
public final class Owner implements AutoCloseable {
  /** The file. */
  static final String FILE = ".owner.json";

  /** How long a file is watched that nobody may renew any more. */
  private static final Duration REST = Duration.ofSeconds(30);

  private static final Duration RENEWAL = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(Owner.class);
  private static final Set<String> MINE = new HashSet<>();

  /** What the file says. */
  record Holder(String run, String host, long process, String since, String renewed) {
    Holder renewedNow() {
      return new Holder(run, host, process, since, Instant.now().toString());
    }

    /** Whether its process is certainly gone. */
    boolean isGone() {
      return host.equals(thisHost())
          && ProcessHandle.of(process)
              .flatMap(found -> found.info().startInstant())
              .map(start -> start.isAfter(Instant.parse(since)))
              .orElse(true);
    }
  }

  private final HadoopStorage storage;
  private final String folder;
  private final Holder self;
  private final ScheduledExecutorService renewing =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "kiln-owner");
            thread.setDaemon(true);
            return thread;
          });

  private final Future<?> next;

  private Owner(HadoopStorage storage, String folder, Holder self) {
    this.storage = storage;
    this.folder = folder;
    this.self = self;
    long millis = RENEWAL.toMillis();
    this.next = renewing.scheduleWithFixedDelay(this::renew, millis, millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Takes a folder that exists.
   *
   * @throws ConfigException if it is another process's
   */
  public static Owner of(HadoopStorage storage, String folder) throws IOException {
    return of(storage, folder, REST);
  }

  static Owner of(HadoopStorage storage, String folder, Duration rest) throws IOException {
    Holder self =
        new Holder(
            UUID.randomUUID().toString(),
            thisHost(),
            ProcessHandle.current().pid(),
            Instant.now().toString(),
            Instant.now().toString());
    synchronized (MINE) {
      if (!MINE.add(folder)) {
        throw taken(folder, self);
      }
    }
    try {
      Holder before = read(storage, folder);
      if (before != null && !before.isGone() && isRenewed(storage, folder, before, rest)) {
        throw taken(folder, before);
      }
      Folders.replace(storage, folder + "/" + FILE, Json.bytes(self));
      Holder after = read(storage, folder);
      if (after != null && !after.run().equals(self.run())) {
        throw taken(folder, after); // Two took it at the same moment; the other was later.
      }
      return new Owner(storage, folder, self);
    } catch (IOException | RuntimeException e) {
      forget(folder);
      throw e;
    }
  }

  private static void forget(String folder) {
    synchronized (MINE) {
      MINE.remove(folder);
    }
  }

  private static ConfigException taken(String folder, Holder by) {
    return new ConfigException(
        "--out: "
            + folder
            + " is in use by process "
            + by.process()
            + " on "
            + by.host()
            + " since "
            + by.since()
            + "; wait until it has ended, or give another folder with --out");
  }

  /** Whether somebody renews a file, which only time can tell. */
  private static boolean isRenewed(
      HadoopStorage storage, String folder, Holder before, Duration rest) throws IOException {
    if (before.host().equals(thisHost())) {
      return true; // its process is alive
    }
    LOG.warn(
        "{} was last used by process {} on {}; looking for {} s whether it still is",
        folder,
        before.process(),
        before.host(),
        rest.toSeconds());
    long end = System.nanoTime() + rest.toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        Thread.sleep(Math.min(1000, rest.toMillis()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return true;
      }
      Holder now = read(storage, folder);
      if (now == null) {
        return false;
      }
      if (!now.equals(before)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Holder read(HadoopStorage storage, String folder) throws IOException {
    String file = folder + "/" + FILE;
    try {
      return Json.read(file, Folders.read(storage, file), Holder.class);
    } catch (NoSuchFileException e) {
      return null;
    } catch (io.kiln.nn.io.FormatException e) {
      LOG.warn("{} cannot be read and is written anew: {}", file, e.getMessage());
      return null;
    }
  }

  private void renew() {
    try {
      Holder now = read(storage, folder);
      if (now != null && !now.run().equals(self.run())) {
        LOG.error("{} was taken over by process {} on {}", folder, now.process(), now.host());
        renewing.shutdown();
        return;
      }
      Folders.replace(storage, folder + "/" + FILE, Json.bytes(self.renewedNow()));
    } catch (IOException e) {
      LOG.warn("{}: its owner could not be renewed: {}", folder, e.toString());
    }
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** Gives the folder back. */
  @Override
  public void close() {
    next.cancel(false);
    renewing.shutdownNow();
    try {
      Holder now = read(storage, folder);
      if (now != null && now.run().equals(self.run())) {
        storage.delete(folder + "/" + FILE);
      }
    } catch (IOException e) {
      LOG.warn("{}: its owner's file stays behind: {}", folder, e.toString());
    } finally {
      forget(folder);
    }
  }
}
