package io.kiln.spark.sweep;

import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.cluster.ResourcesException;
import io.kiln.spark.fit.FitEvents;
import io.kiln.spark.fit.FitRunner;
import io.kiln.spark.fit.FitSpec;
import io.kiln.spark.fit.OutFolder;
import io.kiln.spark.fit.PackRunner;
import io.kiln.spark.fit.WorkerMessage;
import io.kiln.spark.job.Failures;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.StepSeries;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Trains parts of trials on the slots of one task: one by its gang, or several one after another.
 * It asks for slots when the task before it has its own, so that the ledger serves them in their
 * order.
 */
final class SlotTask implements FitEvents, PackRunner.Events {
  /** What all tasks of a sweep share. */
  record Setting(
      JavaSparkContext spark,
      HadoopStorage storage,
      TrialFits fits,
      TrialBook book,
      TrialNews news,
      Packing packing,
      DoubleSupplier seconds) {}

  private final Setting setting;
  private final List<Part> parts;
  private final SweepLoop loop;
  private final CountDownLatch before;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final List<TrialFits.Fit> fits = new ArrayList<>();
  private final Map<Integer, TrialSteps> steps = new ConcurrentHashMap<>();
  private final Map<Integer, RunReport.Executor> machines = new TreeMap<>();
  private final ExecutorService notes =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "kiln-trial-notes");
            thread.setDaemon(true);
            return thread;
          });
  private String executor = "";
  private volatile double leasedAt = Double.NaN;
  private volatile double beganAt;
  private @Nullable FitRunner alone;
  private @Nullable PackRunner packed;
  private volatile @Nullable IOException unwritten;
  private boolean stopping;

  SlotTask(Setting setting, List<Part> parts, CountDownLatch before, SweepLoop loop) {
    this.setting = setting;
    this.parts = List.copyOf(parts);
    this.before = before;
    this.loop = loop;
  }

  /** It has its slots, or never will. */
  CountDownLatch begun() {
    return begun;
  }

  int size() {
    return parts.size();
  }

  /** Asks it to save and leave. */
  synchronized void stop() {
    stopping = true;
    if (alone != null) {
      alone.stop();
    }
    if (packed != null) {
      packed.stop();
    }
  }

  /**
   * Trains.
   *
   * @return seconds it had its slots
   * @throws IOException if what is left of a trial cannot be written
   * @throws ResourcesException if there are no slots in time
   * @throws CancellationException if it was stopped before it began
   */
  double run() throws IOException {
    try {
      for (Part part : parts) {
        try {
          fits.add(fit(part));
        } catch (IOException | RuntimeException e) {
          failed(part, Failures.of(e).line());
        }
      }
      if (fits.isEmpty()) {
        return 0;
      }
      before.await();
      if (fits.size() == 1) {
        alone(fits.get(0));
      } else {
        packed();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("sweep: interrupted");
    } finally {
      notes.shutdown();
    }
    double used = Double.isNaN(leasedAt) ? 0 : setting.seconds.getAsDouble() - leasedAt;
    awaitNotes();
    return used;
  }

  private TrialFits.Fit fit(Part part) throws IOException {
    Map<String, Object> values = setting.book.suggestion(part.trial()).values();
    return setting.fits.fit(part, values, setting.packing.seconds(part, values));
  }

  private void alone(TrialFits.Fit fit) throws IOException {
    FitRunner runner = new FitRunner(setting.spark, setting.storage);
    synchronized (this) {
      alone = runner;
      if (stopping) {
        return;
      }
    }
    try {
      FitResult result = runner.run(fit.spec(), this).result();
      if (result.ending() == FitResult.Ending.INTERRUPTED) {
        setting.book.cut(fit.part().trial());
        return;
      }
      finish(0, result);
    } catch (IOException | RuntimeException e) {
      String why = Failures.of(e).line();
      if (e instanceof CancellationException && stopping) {
        setting.book.cut(fit.part().trial());
        return;
      }
      if (e instanceof ResourcesException
          || e instanceof CancellationException
          || OutFolder.isAtFault(e)) {
        throw e;
      }
      failed(fit.part(), why);
      setting.fits.forget(fit.part());
    }
  }

  private void packed() throws IOException {
    PackRunner runner = new PackRunner(setting.spark, setting.storage);
    synchronized (this) {
      packed = runner;
      if (stopping) {
        return;
      }
    }
    List<FitSpec> specs = fits.stream().map(TrialFits.Fit::spec).toList();
    try {
      runner.run(specs, this);
    } catch (CancellationException e) {
      if (!stopping) {
        throw e;
      }
    }
  }

  /** Waits until all that was heard is written. */
  private void awaitNotes() throws IOException {
    try {
      boolean written = false;
      while (!written) {
        written = notes.awaitTermination(1, TimeUnit.MINUTES);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("sweep: interrupted");
    }
    IOException wrong = unwritten;
    if (wrong != null) {
      throw wrong;
    }
  }

  private void finish(int number, FitResult result) throws IOException {
    TrialFits.Fit fit = fits.get(number);
    double now = setting.seconds.getAsDouble();
    boolean own = fits.size() == 1;
    double took = own ? now - beganAt : result.timing().total();
    double start = own ? beganAt : now - took;
    PartEnd end =
        setting.fits.ended(
            fit,
            result,
            steps(number).all(),
            List.copyOf(machines.values()),
            executor,
            took,
            start);
    loop.end(end);
    setting.news.ended(end);
  }

  private void failed(Part part, String why) {
    double now = setting.seconds.getAsDouble();
    failed(part, why, Double.isNaN(leasedAt) ? now : beganAt, now);
  }

  private void failed(Part part, String why, double start, double now) {
    PartEnd last = setting.book.last(part);
    PartEnd end =
        PartEnd.failed(part, last == null ? 0 : last.epochs(), now - start, start, executor, why);
    loop.end(end);
    setting.news.ended(end);
  }

  private TrialSteps steps(int number) {
    return steps.computeIfAbsent(number, fresh -> new TrialSteps());
  }

  private void begins(Part part) {
    beganAt = setting.seconds.getAsDouble();
    loop.begins(part);
    setting.news.begins(this, part);
  }

  // Of a fit alone.

  @Override
  public void attempt(int number, int workers, long fromStep, List<EpochRecord> known) {
    machines.clear();
    steps(0).attempt();
    if (number == 1) {
      leased();
      begins(fits.get(0).part());
    }
  }

  @Override
  public void told(WorkerMessage said) {
    if (said instanceof WorkerMessage.Ready who) {
      ready(who);
    } else if (said instanceof WorkerMessage.Stepped stepped) {
      setting.news.counted(fits.get(0).part(), (double) stepped.step() / stepped.steps());
    } else if (said instanceof WorkerMessage.Curve curve) {
      steps(0).heard(curve.series());
    } else if (said instanceof WorkerMessage.EpochDone done) {
      EpochRecord epoch = done.epoch();
      setting.news.epoch(fits.get(0).part(), epoch.epoch(), setting.fits.metric(epoch));
    }
  }

  // Of several.

  @Override
  public void leased() {
    leasedAt = Double.isNaN(leasedAt) ? setting.seconds.getAsDouble() : leasedAt;
    begun.countDown();
  }

  @Override
  public void ready(WorkerMessage.Ready who) {
    machines.put(who.rank(), who.executor());
    if (who.rank() == 0) {
      executor = who.executorId() + "@" + who.executor().host();
    }
  }

  @Override
  public void begins(int number) {
    begins(fits.get(number).part());
  }

  @Override
  public void curve(int number, StepSeries series) {
    steps(number).heard(series);
  }

  /** Written aside: the slot is for the next fit. */
  @Override
  public void done(int number, FitResult result) {
    Future<?> unused =
        notes.submit(
            () -> {
              try {
                finish(number, result);
              } catch (IOException e) {
                unwritten = e;
              }
            });
  }

  @Override
  public void failed(int number, String why) {
    double start = beganAt;
    double now = setting.seconds.getAsDouble();
    Future<?> unused = notes.submit(() -> failed(fits.get(number).part(), why, start, now));
  }
}
