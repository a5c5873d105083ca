package io.kiln.spark.report;

import io.kiln.spark.report.RunReport.Epoch;
import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a training stands, for people who wait: in a terminal one line that changes, in a log one
 * line an epoch and one every ten seconds within long epochs.
 *
 * <p>Order of calls: {@link #begin}, {@link #step} as often as one likes, {@link #epoch} after each
 * epoch, {@link #end}. Of what is not one training, {@link #status} and {@link #end} tell.
 * Thread-safe.
 */
public final class Progress {
  private static final long LIVE_NANOS = 100_000_000L;
  private static final long LOG_NANOS = 10_000_000_000L;
  private static final int BAR = 24;

  /** Seconds over which the speed is averaged: enough to be calm, little enough to follow. */
  private static final double MEMORY = 8;

  private final PrintStream out;
  private final boolean live;
  private final LongSupplier clock;

  private int epochs = 1;
  private long stepsPerEpoch = 1;
  private long samplesPerEpoch;
  private int doneEpochs;
  private long shownAt;
  private boolean measures;
  private long measuredAt;
  private long measuredStep;
  private double stepsPerSecond;
  private double metricsSeconds;
  private int width;

  /** Progress on a stream; {@code live} if it is a terminal. */
  public Progress(PrintStream out, boolean live) {
    this(out, live, System::nanoTime);
  }

  /** The same under a clock of nanoseconds that a test can move. */
  public Progress(PrintStream out, boolean live, LongSupplier clock) {
    this.out = out;
    this.live = live;
    this.clock = clock;
  }

  /** Progress on standard error, live if that is a terminal. */
  public static Progress ofTerminal() {
    return new Progress(System.err, terminal());
  }

  /**
   * Says what is to come.
   *
   * @param epochs of the whole training
   * @param firstEpoch how many of them are done already
   * @param stepsPerEpoch optimizer steps of an epoch
   * @param samplesPerEpoch size of the training set
   */
  public synchronized void begin(
      int epochs, int firstEpoch, long stepsPerEpoch, long samplesPerEpoch) {
    this.epochs = epochs;
    this.doneEpochs = firstEpoch;
    this.stepsPerEpoch = Math.max(1, stepsPerEpoch);
    this.samplesPerEpoch = samplesPerEpoch;
    long now = clock.getAsLong();
    shownAt = now;
    measures = false;
    stepsPerSecond = 0;
  }

  /**
   * A step is done.
   *
   * @param step steps so far, from the start of the training
   * @param loss its loss, or a mean of late ones
   */
  public synchronized void step(long step, double loss) {
    long now = clock.getAsLong();
    if (!measures || step < measuredStep) {
      measureFrom(step, now);
    }
    if (now - shownAt < (live ? LIVE_NANOS : LOG_NANOS)) {
      return;
    }
    shownAt = now;
    measure(step, now);
    long inEpoch = Math.max(0, step - doneEpochs * stepsPerEpoch);
    if (!live && inEpoch >= stepsPerEpoch) {
      return; // the line of the epoch is next
    }
    String line =
        String.format(
            Locale.ROOT,
            "epoch %d/%d %s step %d/%d  loss %s  %s samples/s  %s left",
            Math.min(doneEpochs + 1, epochs),
            epochs,
            live ? bar((double) inEpoch / stepsPerEpoch) + " " : "",
            Math.min(inEpoch, stepsPerEpoch),
            stepsPerEpoch,
            Numbers.loss(loss),
            Numbers.rate(stepsPerSecond * samplesPerEpoch / stepsPerEpoch),
            left(step));
    show(line, !live);
  }

  /** An epoch is done. */
  public synchronized void epoch(Epoch epoch) {
    long now = clock.getAsLong();
    measure(epoch.step(), now);
    if (epoch.samplesPerSecond() > 0 && samplesPerEpoch > 0) {
      // The next is as fast as this, not as those before it: the first is slow, while code is new.
      stepsPerSecond = epoch.samplesPerSecond() * stepsPerEpoch / samplesPerEpoch;
    }
    doneEpochs = epoch.epoch();
    shownAt = now;
    // What comes after the steps of an epoch (validation, checkpoint) is not in their speed.
    double training =
        epoch.samplesPerSecond() > 0 ? samplesPerEpoch / epoch.samplesPerSecond() : epoch.seconds();
    metricsSeconds = Math.max(0, epoch.seconds() - training);
    measureFrom(epoch.step(), now);
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "epoch %d/%d", epoch.epoch(), epochs));
    line.append("  loss ").append(Numbers.loss(epoch.trainLoss()));
    if (epoch.trainAccuracy() != null) {
      line.append("  accuracy ").append(Numbers.percent(epoch.trainAccuracy()));
    }
    if (epoch.validationLoss() != null) {
      line.append("  validation loss ").append(Numbers.loss(epoch.validationLoss()));
    }
    if (epoch.validationAccuracy() != null) {
      line.append("  validation accuracy ").append(Numbers.percent(epoch.validationAccuracy()));
    }
    line.append("  ").append(Numbers.rate(epoch.samplesPerSecond())).append(" samples/s");
    if (epoch.epoch() < epochs) {
      line.append("  ").append(left(epoch.step())).append(" left");
    }
    show(line.toString(), true);
  }

  /** A line that stays, e.g. that a worker was lost. */
  public synchronized void say(String line) {
    show(line, true);
  }

  /** A line in place of the last; in a log, one every ten seconds at most. */
  public synchronized void status(String line) {
    long now = clock.getAsLong();
    if (now - shownAt >= (live ? LIVE_NANOS : LOG_NANOS)) {
      shownAt = now;
      show(line, !live);
    }
  }

  /** Lets someone else print to the same terminal: the line that changes makes room. */
  public synchronized void aside(Runnable printing) {
    if (live && width > 0) {
      out.print("\r" + " ".repeat(width) + "\r");
      out.flush();
      width = 0;
    }
    printing.run();
  }

  /** Nothing more comes. */
  public synchronized void end() {
    if (live && width > 0) {
      out.println();
      width = 0;
    }
    out.flush();
  }

  /**
   * The speed counts from here on: what was before is the start of the workers, after which the
   * first step is told, or that of a new attempt, which goes back.
   */
  private void measureFrom(long step, long now) {
    measures = true;
    measuredAt = now;
    measuredStep = step;
  }

  /** A moving average: the weight of the past halves about every {@link #MEMORY} seconds. */
  private void measure(long step, long now) {
    double seconds = (now - measuredAt) / 1e9;
    if (!measures || seconds <= 0 || step <= measuredStep) {
      return;
    }
    double speed = (step - measuredStep) / seconds;
    double past = stepsPerSecond == 0 ? 0 : Math.pow(0.5, seconds / MEMORY);
    stepsPerSecond = past * stepsPerSecond + (1 - past) * speed;
    measuredAt = now;
    measuredStep = step;
  }

  private String left(long step) {
    if (stepsPerSecond <= 0) {
      return "?";
    }
    double steps = Math.max(0, epochs * stepsPerEpoch - step) / stepsPerSecond;
    return about(steps + (epochs - doneEpochs) * metricsSeconds);
  }

  /** An estimate, {@code ~12 s}. */
  public static String about(double seconds) {
    double whole = Math.ceil(seconds);
    return "~" + (whole < 60 ? Math.round(whole) + " s" : Numbers.duration(whole));
  }

  private static String bar(double share) {
    int full = (int) Math.round(BAR * Math.min(1, Math.max(0, share)));
    return "█".repeat(full) + "░".repeat(BAR - full);
  }

  private void show(String line, boolean stays) {
    if (!live) {
      out.println(line);
      out.flush();
      return;
    }
    // Spaces wipe what a longer line has left; no escape codes, so any terminal will do.
    out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
    width = line.length();
    if (stays) {
      out.println();
      width = 0;
    }
    out.flush();
  }

  /** Whether a person watches. From JDK 22 on a console can be there without a terminal. */
  @SuppressWarnings(
      "SystemConsoleNull") // before JDK 22 it can be null, after that isTerminal tells
  private static boolean terminal() {
    Console console = System.console();
    if (console == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    Boolean asked = isTerminal(console);
    return asked == null || asked;
  }

  private static @Nullable Boolean isTerminal(Console console) {
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return null; // before JDK 22
    }
  }
}
