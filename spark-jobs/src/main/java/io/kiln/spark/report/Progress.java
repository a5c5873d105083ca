package io.kiln.spark.report;

import io.kiln.spark.report.RunReport.Epoch;
import java.io.Console;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a training stands, for people who wait: in a terminal one line that changes, in a log one
 * line an epoch and one every ten seconds within long epochs; for programs, an object of JSON a
 * line; or nothing.
 *
 * <p>Order of calls: {@link #begin}, {@link #step} as often as one likes, {@link #epoch} after each
 * epoch, {@link #end}. Of what is not one training, {@link #status} and {@link #end} tell.
 * Thread-safe.
 */
public final class Progress {
  private static final long LIVE_NANOS = 100_000_000L;
  private static final long LOG_NANOS = 10_000_000_000L;
  private static final long JSON_NANOS = 1_000_000_000L;
  private static final int BAR = 24;

  /** Seconds over which the speed is averaged: enough to be calm, little enough to follow. */
  private static final double MEMORY = 8;

  private static volatile Form asked = Form.PEOPLE;

  /** Who is told. */
  public enum Form {
    /** People: a terminal or a log, on standard error. */
    PEOPLE,
    /** Nobody. */
    QUIET,
    /** Programs: JSON lines on standard output. */
    JSON
  }

  private final PrintStream out;
  private final boolean live;
  private final LongSupplier clock;
  private final Form form;

  private final Pace pace = new Pace();
  private final TerminalBlock block;
  private @Nullable Epoch best;
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
    this(out, live, clock, Form.PEOPLE);
  }

  /** The same for somebody else than people. */
  Progress(PrintStream out, boolean live, LongSupplier clock, Form form) {
    this.out = out;
    this.live = live && form == Form.PEOPLE;
    this.clock = clock;
    this.form = form;
    this.block = new TerminalBlock(out);
  }

  /** Whom all progress of this process is for from now on: what the command line says. */
  public static void tell(Form who) {
    asked = who;
  }

  /** Progress for whom {@link #tell} says: for people on standard error, live in a terminal. */
  public static Progress ofTerminal() {
    return switch (asked) {
      case PEOPLE -> new Progress(System.err, terminal());
      case QUIET -> new Progress(System.err, false, System::nanoTime, Form.QUIET);
      case JSON -> new Progress(System.out, false, System::nanoTime, Form.JSON);
    };
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
    best = null;
    pace.begin(now);
    if (form == Form.JSON) {
      json(
          "begin",
          Map.of(
              "epochs", epochs,
              "first_epoch", firstEpoch,
              "steps_per_epoch", this.stepsPerEpoch,
              "samples", samplesPerEpoch));
    }
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
    pace.step(step, now);
    if (now - shownAt < (live ? LIVE_NANOS : form == Form.JSON ? JSON_NANOS : LOG_NANOS)) {
      return;
    }
    shownAt = now;
    measure(step, now);
    if (form == Form.JSON) {
      int epoch = Math.min(doneEpochs + 1, epochs);
      double samplesPerSecond = stepsPerSecond * samplesPerEpoch / stepsPerEpoch;
      long steps = epochs * stepsPerEpoch;
      json(
          "step", ProgressJson.step(epoch, step, steps, loss, samplesPerSecond, secondsLeft(step)));
      return;
    }
    long inEpoch = Math.max(0, step - doneEpochs * stepsPerEpoch);
    if (!live && inEpoch >= stepsPerEpoch) {
      return; // the line of the epoch is next
    }
    String line =
        String.format(
            Locale.ROOT,
            "epoch %d/%d %s step %d/%d  loss %s  %s samples/s%s  %s left",
            Math.min(doneEpochs + 1, epochs),
            epochs,
            live ? bar((double) inEpoch / stepsPerEpoch) + " " : "",
            Math.min(inEpoch, stepsPerEpoch),
            stepsPerEpoch,
            Numbers.loss(loss),
            Numbers.rate(stepsPerSecond * samplesPerEpoch / stepsPerEpoch),
            best == null ? "" : "  best " + merit(best),
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
      if (epoch.epoch() == doneEpochs + 1 && best == null) {
        stepsPerSecond = Math.max(stepsPerSecond, pace.late()); // its end is as the next will be
      }
    }
    pace.begin(now);
    if (best == null || better(epoch, best)) {
      best = epoch;
    }
    doneEpochs = epoch.epoch();
    shownAt = now;
    // What comes after the steps of an epoch (validation, checkpoint) is not in their speed.
    double training =
        epoch.samplesPerSecond() > 0 ? samplesPerEpoch / epoch.samplesPerSecond() : epoch.seconds();
    metricsSeconds = Math.max(0, epoch.seconds() - training);
    measureFrom(epoch.step(), now);
    if (form == Form.JSON) {
      int bestEpoch = best == null ? epoch.epoch() : best.epoch();
      json("epoch", ProgressJson.epoch(epoch, epochs, bestEpoch, secondsLeft(epoch.step())));
      return;
    }
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
    if (best != null && best.epoch() < epoch.epoch()) {
      line.append("  best ").append(merit(best)).append(" (epoch ").append(best.epoch());
      line.append(')');
    }
    if (epoch.epoch() < epochs) {
      line.append("  ").append(left(epoch.step())).append(" left");
    }
    show(line.toString(), true);
  }

  /** A line that stays, e.g. that a worker was lost. */
  public synchronized void say(String line) {
    if (form == Form.JSON) {
      json("message", Map.of("text", line));
      return;
    }
    show(line, true);
  }

  /**
   * How something other than one training stands: in a terminal lines in place of the last ones, in
   * a log a line every ten seconds at most. Asked only when it is time.
   *
   * @param line all in one line
   * @param lines the same in several, one at least
   */
  public void status(Supplier<String> line, Supplier<List<String>> lines) {
    if (!isTime()) {
      return; // nobody is asked while others wait for this
    }
    String whole = live ? "" : line.get();
    List<String> several = live ? lines.get() : List.of();
    synchronized (this) {
      if (form == Form.JSON) {
        json("status", Map.of("text", whole));
      } else if (live) {
        block.draw(several);
      } else {
        show(whole, true);
      }
    }
  }

  private synchronized boolean isTime() {
    long now = clock.getAsLong();
    if (form == Form.QUIET
        || now - shownAt < (live ? LIVE_NANOS : form == Form.JSON ? JSON_NANOS : LOG_NANOS)) {
      return false;
    }
    shownAt = now;
    return true;
  }

  /** Something for programs alone, such as the end of a trial. */
  public synchronized void event(String name, Map<String, Object> values) {
    if (form == Form.JSON) {
      json(name, values);
    }
  }

  private static boolean better(Epoch a, Epoch than) {
    Double accuracy = a.validationAccuracy();
    Double other = than.validationAccuracy();
    if (accuracy != null && other != null) {
      return accuracy > other;
    }
    Double loss = a.validationLoss();
    Double least = than.validationLoss();
    if (loss != null && least != null) {
      return loss < least;
    }
    return a.trainLoss() < than.trainLoss();
  }

  private static String merit(Epoch epoch) {
    return epoch.validationAccuracy() != null
        ? Numbers.percent(epoch.validationAccuracy())
        : "loss "
            + Numbers.loss(
                epoch.validationLoss() == null
                    ? Double.valueOf(epoch.trainLoss())
                    : epoch.validationLoss());
  }

  private void json(String event, Map<String, ?> values) {
    ProgressJson.tell(out, event, values);
  }

  /** Lets someone else print to the same terminal: the line that changes makes room. */
  public synchronized void aside(Runnable printing) {
    if (live && width > 0) {
      out.print("\r" + " ".repeat(width) + "\r");
      width = 0;
    }
    block.wipe();
    out.flush();
    printing.run();
  }

  /** Nothing more comes. */
  public synchronized void end() {
    if (live && width > 0) {
      out.println();
      width = 0;
    }
    block.wipe();
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
    Double seconds = secondsLeft(step);
    return seconds == null ? "?" : about(seconds);
  }

  private @Nullable Double secondsLeft(long step) {
    if (stepsPerSecond <= 0) {
      return null;
    }
    double steps = Math.max(0, epochs * stepsPerEpoch - step) / stepsPerSecond;
    return steps + (epochs - doneEpochs) * metricsSeconds;
  }

  /** An estimate, {@code ~12 s}. */
  public static String about(double seconds) {
    double whole = Math.ceil(seconds);
    return "~" + (whole < 60 ? Math.round(whole) + " s" : Numbers.duration(whole));
  }

  /** A bar that is full at 1. */
  public static String bar(double share) {
    int full = (int) Math.round(BAR * Math.min(1, Math.max(0, share)));
    return "█".repeat(full) + "░".repeat(BAR - full);
  }

  private void show(String line, boolean stays) {
    if (form == Form.QUIET) {
      return;
    }
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
