package io.kiln.spark.report;

import io.kiln.nn.io.Storage;
import io.kiln.nn.train.LayerWatch;
import io.kiln.spark.report.RunReport.Environment;
import io.kiln.spark.report.RunReport.Epoch;
import io.kiln.spark.report.RunReport.Status;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one run. Order of calls: {@link #create} or {@link #resume}, {@link #update} after
 * each epoch, {@link #write} at the end, {@link #close}. Thread-safe.
 *
 * <p>Holds {@code report.json}, {@code report.html}, {@code metrics.csv} and TensorBoard events;
 * {@code model/} and {@code checkpoints/} belong to those who train.
 */
public final class RunFolder implements AutoCloseable {
  /** The report for programs. */
  public static final String REPORT = "report.json";

  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final long PAGE_MILLIS = 10_000;

  private final HadoopStorage storage;
  private final String path;
  private final boolean other;
  private final EventFile events;
  private final Owner owner;
  private RunReport report;
  private final List<Follower<RunReport>> followers = new ArrayList<>();
  private int lastEpoch;
  private int lastLook;
  private boolean begun;
  private boolean ended;
  private long pageAt;
  private final ReportWriter writer = new ReportWriter(this::writeAll, this::logged);

  private RunFolder(
      HadoopStorage storage, String path, boolean other, RunReport report, Owner owner) {
    this.owner = owner;
    this.storage = storage;
    this.path = path;
    this.other = other;
    this.report = report;
    this.events = new EventFile(storage, path);
    this.lastEpoch = lastEpoch(report);
    this.lastLook = lastEpoch;
  }

  /**
   * Takes a new folder and writes a report with status running into it.
   *
   * @param out the wanted folder, or null for {@code runs/<name>-<time>}; if there is something in
   *     it, a sibling {@code -2}, {@code -3}, … is taken
   * @throws io.kiln.nn.config.ConfigException if the place cannot be written
   */
  public static RunFolder create(
      HadoopStorage storage,
      @Nullable String out,
      String name,
      Map<String, Object> config,
      Environment environment) {
    ZonedDateTime started = Folders.now();
    String wanted = Folders.wanted(out, name, started);
    String time = DateTimeFormatter.ISO_INSTANT.format(started.toInstant());
    RunReport draft = RunReport.begun(name, Folders.name(wanted), time, config, environment);
    String taken =
        Folders.take(
            storage,
            wanted,
            REPORT,
            id -> Json.bytes(RunReport.begun(name, id, time, config, environment)));
    RunReport begun =
        taken.equals(wanted)
            ? draft
            : RunReport.begun(name, Folders.name(taken), time, config, environment);
    return new RunFolder(storage, taken, !taken.equals(wanted), begun, owner(storage, taken));
  }

  /**
   * Goes on in the folder of an earlier run; its history is kept.
   *
   * @throws java.nio.file.NoSuchFileException if there is no report
   * @throws io.kiln.nn.config.ConfigException if another process works in it
   */
  public static RunFolder resume(HadoopStorage storage, String path) throws IOException {
    String folder = Folders.wanted(path, "", Folders.now());
    read(storage, folder); // a folder without a run is nobody's
    Owner owner = Owner.of(storage, folder);
    try {
      return new RunFolder(storage, folder, false, read(storage, folder), owner);
    } catch (IOException | RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /**
   * Writes the folder of a run that is over already, such as a trial's, in place of the files that
   * are there; what stands in folders below it, such as its model, stays. Its report comes last: a
   * folder that has one is whole.
   */
  public static void place(HadoopStorage storage, String path, RunReport report)
      throws IOException {
    for (Storage.Entry entry : Folders.list(storage, path)) {
      if (!entry.folder()) {
        storage.delete(path + "/" + entry.name());
      }
    }
    try (EventFile events = new EventFile(storage, path)) {
      if (!report.history().isEmpty()) {
        events.begins(report);
        for (Epoch epoch : report.history()) {
          events.add(epoch);
        }
        events.ends(report);
      }
    }
    Folders.write(
        storage, path + "/metrics.csv", MetricsCsv.text(report).getBytes(StandardCharsets.UTF_8));
    Folders.write(
        storage, path + "/report.html", RunPage.html(report).getBytes(StandardCharsets.UTF_8));
    Folders.write(storage, path + "/" + REPORT, Json.bytes(report));
  }

  private static Owner owner(HadoopStorage storage, String folder) {
    try {
      return Owner.of(storage, folder);
    } catch (IOException e) {
      throw Folders.unwritable(folder, e);
    }
  }

  /** The newest run of a name below {@code runs/}, or null. */
  public static @Nullable String newest(Storage storage, String name) throws IOException {
    return Folders.newest(storage, name, REPORT);
  }

  /** Whether a folder is that of a run. */
  public static boolean exists(Storage storage, String folder) throws IOException {
    return Folders.has(storage, folder, REPORT);
  }

  /**
   * The report of a run.
   *
   * @param path its folder, or the JSON file itself
   */
  public static RunReport read(Storage storage, String path) throws IOException {
    String file = path.endsWith(".json") ? path : path + "/" + REPORT;
    return Json.read(file, Folders.read(storage, file), RunReport.class);
  }

  /** The folder, a path or URI. */
  public String path() {
    return path;
  }

  /** A path below it. */
  public String path(String child) {
    return path + "/" + child;
  }

  /** Whether the wanted folder was not free, so this is a sibling of it. */
  public boolean other() {
    return other;
  }

  /** The report as it is now; see {@link #update} for when it is written. */
  public synchronized RunReport report() {
    return report;
  }

  /**
   * Writes all files as they should be now. The page is written at most every ten seconds while the
   * run goes on.
   */
  public void write(RunReport changed) throws IOException {
    take(changed);
    writer.now();
  }

  private synchronized void take(RunReport changed) {
    report = changed;
    followers.forEach(who -> who.changed(changed));
  }

  /** By one thread at a time, see {@link ReportWriter}. */
  private void writeAll() throws IOException {
    RunReport now = report();
    Folders.replace(storage, path(REPORT), Json.bytes(now));
    Folders.replace(
        storage, path("metrics.csv"), MetricsCsv.text(now).getBytes(StandardCharsets.UTF_8));
    long millis = System.currentTimeMillis();
    if (now.status() != Status.RUNNING || millis - pageAt >= PAGE_MILLIS) {
      Folders.replace(
          storage, path("report.html"), RunPage.html(now).getBytes(StandardCharsets.UTF_8));
      pageAt = millis;
    }
    addEvents(now);
  }

  /**
   * Takes note of a report. While the run goes on it is written a little later, on a thread of its
   * own, in its newest form: whoever tells of epochs does not wait for disks. The last one is
   * written at once. Trouble is logged and not thrown: it must not end a training.
   */
  public void update(RunReport changed) {
    take(changed);
    if (changed.status() == Status.RUNNING) {
      writer.later();
      return;
    }
    try {
      writer.now();
    } catch (IOException e) {
      logged(e);
    }
  }

  private void logged(IOException e) {
    LOG.warn("{}: the report could not be written; training goes on", path, e);
  }

  /** Writes what is not written yet; ends the events. */
  @Override
  public void close() throws IOException {
    try {
      writer.close();
      events.close();
    } finally {
      owner.close();
      List.copyOf(followers).forEach(Follower::close);
    }
  }

  /** Lets somebody hear of every change; call it before the run goes on. */
  public synchronized void follow(Follower<RunReport> who) {
    followers.add(who);
    who.changed(report);
  }

  private void addEvents(RunReport changed) throws IOException {
    if (!begun && !changed.history().isEmpty()) {
      events.begins(changed);
      begun = true;
    }
    if (lastEpoch > lastEpoch(changed)) {
      lastEpoch = lastEpoch(changed) - 1; // epochs are done again after a resume
    }
    boolean added = false;
    for (Epoch epoch : changed.history()) {
      if (epoch.epoch() > lastEpoch) {
        events.add(epoch);
        lastEpoch = epoch.epoch();
        added = true;
      }
    }
    List<LayerWatch.Seen> layers = changed.layers() == null ? List.of() : changed.layers();
    for (LayerWatch.Seen seen : layers) {
      if (seen.epoch() > lastLook) {
        events.add(step(changed, seen.epoch()), seen);
        lastLook = seen.epoch();
        added = true;
      }
    }
    if (begun && !ended && changed.status() != Status.RUNNING) {
      events.ends(changed);
      ended = true;
      added = true;
    }
    if (added) {
      events.flush();
    }
  }

  private static long step(RunReport report, int epoch) {
    return report.history().stream()
        .filter(row -> row.epoch() == epoch)
        .mapToLong(Epoch::step)
        .findFirst()
        .orElse(epoch);
  }

  private static int lastEpoch(RunReport report) {
    List<Epoch> history = report.history();
    return history.isEmpty() ? 0 : history.get(history.size() - 1).epoch();
  }
}
