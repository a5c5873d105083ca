package io.kiln.spark.report;

import io.kiln.nn.io.Storage;
import io.kiln.spark.report.RunReport.Status;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one sweep: {@code sweep.json}, {@code sweep.html}, {@code trials.csv}, and a run
 * folder for each trial and for {@code best/}. Thread-safe.
 */
public final class SweepFolder implements AutoCloseable {
  /** The report for programs. */
  public static final String REPORT = "sweep.json";

  private static final Logger LOG = LoggerFactory.getLogger(SweepFolder.class);

  private final HadoopStorage storage;
  private final String path;
  private final boolean other;
  private final List<Follower<SweepReport>> followers = new ArrayList<>();
  private Supplier<SweepReport> report;
  private final ReportWriter writer = new ReportWriter(this::writeAll, this::logged);

  private SweepFolder(HadoopStorage storage, String path, boolean other, SweepReport report) {
    this.storage = storage;
    this.path = path;
    this.other = other;
    this.report = () -> report;
  }

  /**
   * Takes a new folder, as {@link RunFolder#create} does.
   *
   * @throws io.kiln.nn.config.ConfigException if the place cannot be written
   */
  public static SweepFolder create(
      HadoopStorage storage,
      @Nullable String out,
      String name,
      Map<String, Object> config,
      String metric) {
    ZonedDateTime started = Folders.now();
    String time = DateTimeFormatter.ISO_INSTANT.format(started.toInstant());
    SweepReport begun =
        new SweepReport(
            Status.RUNNING, name, time, null, config, metric, List.of(), null, null, null, null);
    String wanted = Folders.wanted(out, name, started);
    String taken = Folders.take(storage, wanted, REPORT, id -> Json.bytes(begun));
    return new SweepFolder(storage, taken, !taken.equals(wanted), begun);
  }

  /**
   * Goes on in the folder of an earlier sweep.
   *
   * @throws java.nio.file.NoSuchFileException if there is no report
   */
  public static SweepFolder resume(HadoopStorage storage, String path) throws IOException {
    String folder = Folders.wanted(path, "", Folders.now());
    return new SweepFolder(storage, folder, false, read(storage, folder));
  }

  /** Whether a folder is that of a sweep. */
  public static boolean exists(Storage storage, String folder) throws IOException {
    return Folders.has(storage, folder, REPORT);
  }

  /** The newest sweep of a name below {@code runs/}, or null. */
  public static @Nullable String newest(Storage storage, String name) throws IOException {
    return Folders.newest(storage, name, REPORT);
  }

  /**
   * The report of a sweep.
   *
   * @param path its folder, or the JSON file itself
   */
  public static SweepReport read(Storage storage, String path) throws IOException {
    String file = path.endsWith(".json") ? path : path + "/" + REPORT;
    return Json.read(file, Folders.read(storage, file), SweepReport.class);
  }

  /** The folder, a path or URI. */
  public String path() {
    return path;
  }

  /** A path below it, e.g. the run folder of a trial. */
  public String path(String child) {
    return path + "/" + child;
  }

  /** Whether the wanted folder was not free, so this is a sibling of it. */
  public boolean other() {
    return other;
  }

  /** The report as it is now; see {@link #update} for when it is written. */
  public SweepReport report() {
    Supplier<SweepReport> now;
    synchronized (this) {
      now = report;
    }
    return now.get();
  }

  private synchronized void take(Supplier<SweepReport> changed) {
    report = changed;
    if (!followers.isEmpty()) {
      SweepReport now = changed.get();
      followers.forEach(who -> who.changed(now));
    }
  }

  /** Lets somebody hear of every change; call it before the sweep goes on. */
  public synchronized void follow(Follower<SweepReport> who) {
    followers.add(who);
    who.changed(report.get());
  }

  /** Writes all files as they should be now. */
  public void write(SweepReport changed) throws IOException {
    take(() -> changed);
    writer.now();
  }

  private void writeAll() throws IOException {
    SweepReport now = report();
    Folders.replace(storage, path(REPORT), Json.bytes(now));
    Folders.replace(
        storage, path("trials.csv"), MetricsCsv.text(now).getBytes(StandardCharsets.UTF_8));
    Folders.replace(
        storage, path("sweep.html"), SweepPage.html(now).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The sweep goes on and its report has changed: it is asked for and written a little later, on a
   * thread of its own, or at once if somebody follows. A sweep of a thousand trials changes
   * thousands of times.
   *
   * @param changed the report at the time of the call
   */
  public void changed(Supplier<SweepReport> changed) {
    take(changed);
    writer.later();
  }

  /**
   * Writes the last report of a sweep. Trouble is logged and not thrown: it must not end a sweep.
   */
  public void update(SweepReport last) {
    take(() -> last);
    try {
      writer.now();
    } catch (IOException e) {
      logged(e);
    }
  }

  private void logged(IOException e) {
    LOG.warn("{}: the report could not be written; the sweep goes on", path, e);
  }

  /** Writes what is not written yet. */
  @Override
  public void close() {
    writer.close();
    List.copyOf(followers).forEach(Follower::close);
  }
}
