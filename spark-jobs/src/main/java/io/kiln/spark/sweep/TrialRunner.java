package io.kiln.spark.sweep;

import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.cluster.SlotLedger;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.Workers;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.fit.FitEvents;
import io.kiln.spark.fit.FitOutcome;
import io.kiln.spark.fit.FitRunner;
import io.kiln.spark.fit.FitSpec;
import io.kiln.spark.fit.Keep;
import io.kiln.spark.fit.WorkerMessage;
import io.kiln.spark.job.Failures;
import io.kiln.spark.report.Progress;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.TrainRun;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Trains the trials of a sweep, each a fit of its own that waits for its slot. That one failed is a
 * result too.
 *
 * @param root folder of data sets
 */
record TrialRunner(
    JavaSparkContext spark,
    RunConfig config,
    HadoopStorage storage,
    String root,
    TrialData data,
    SweepFolder folder,
    TrialBook book,
    List<Map<String, Object>> space,
    PrintStream out) {
  /** Trials that wait for slots at a time, each on a thread. */
  private static final int MOST_THREADS = 64;

  /**
   * Runs what is not done, the longest first.
   *
   * @param most at a time; 0 for as many as there are slots
   * @return the share of the slots' time that trials used
   */
  double run(double[] costs, int most) throws Exception {
    double[] ahead = costs.clone();
    List<Integer> todo = new ArrayList<>();
    for (int i : Trials.longestFirst(costs)) {
      if (book.trial(i).status() == TrialStatus.SUCCEEDED) {
        ahead[i] = 0;
      } else {
        todo.add(i);
      }
    }
    if (todo.isEmpty()) {
      return 1;
    }
    Progress line = Progress.ofTerminal();
    TrialProgress progress = new TrialProgress(book, ahead, line, System::nanoTime);
    SlotLedger slots = SlotLedger.of(spark);
    int limit = most > 0 ? most : MOST_THREADS;
    SlotClock clock =
        new SlotClock(() -> Math.min(limit, slots.all()), System::nanoTime, todo.size());
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(limit, todo.size()));
    try {
      List<Future<?>> waiting = new ArrayList<>();
      CountDownLatch before = new CountDownLatch(0);
      for (int i : todo) {
        Turn turn = new Turn(before, new CountDownLatch(1));
        waiting.add(threads.submit(() -> clock.ended(trial(i, turn, progress, line, clock))));
        before = turn.begun();
      }
      for (Future<?> one : waiting) {
        one.get();
      }
      return clock.utilization();
    } finally {
      threads.shutdownNow();
      line.end();
    }
  }

  /**
   * A trial asks for a slot when the one before it has got its own: threads begin together, and the
   * ledger serves who comes first.
   *
   * @param before the one before has begun, or never will
   * @param begun so has this
   */
  private record Turn(CountDownLatch before, CountDownLatch begun) {}

  /** Seconds the trial had a slot. */
  private double trial(int i, Turn turn, TrialProgress progress, Progress line, SlotClock clock) {
    Watching watching = new Watching(i, turn, progress, clock);
    String said;
    try {
      RunConfig run = SweepJob.trial(config, space.get(i));
      FitData own = data.of(run);
      TrainRun.check(run, own, root, storage);
      int cores = Math.max(1, spark.getConf().getInt("spark.task.cpus", 1));
      FitSpec spec =
          FitSpec.of(run, own, root)
              .on(new Workers(1, 1), cores, cores)
              .keeping(new Keep.Nothing());
      turn.before().await();
      FitOutcome outcome = new FitRunner(spark, storage).run(spec, watching);
      said = ended(i, run, own, watching, outcome.result());
    } catch (Exception e) {
      said = Failures.of(e).line();
      book.failed(i, said);
    } finally {
      turn.begun().countDown();
    }
    String whole = line(i, said);
    line.aside(() -> out.println(whole));
    progress.ended(i);
    return watching.seconds();
  }

  /** Notes what is heard of one trial. */
  private final class Watching implements FitEvents {
    private final int trial;
    private final Turn turn;
    private final TrialProgress progress;
    private final SlotClock clock;
    private WorkerMessage.@Nullable Ready ready;
    private long began;

    Watching(int trial, Turn turn, TrialProgress progress, SlotClock clock) {
      this.trial = trial;
      this.turn = turn;
      this.progress = progress;
      this.clock = clock;
    }

    double seconds() {
      return began == 0 ? 0 : (System.nanoTime() - began) / 1e9;
    }

    String executor() {
      WorkerMessage.Ready who = ready;
      return who == null ? "" : who.executorId() + "@" + who.executor().host();
    }

    RunReport.Executor machine() {
      WorkerMessage.Ready who = ready;
      return who == null ? new RunReport.Executor("", "", 0) : who.executor();
    }

    @Override
    public void attempt(int number, int workers, long fromStep, List<EpochRecord> known) {
      if (number == 1) {
        clock.look();
        began = System.nanoTime();
        book.begins(trial);
        progress.begins(trial);
        turn.begun().countDown();
      }
    }

    @Override
    public void told(WorkerMessage said) {
      if (said instanceof WorkerMessage.Ready who) {
        ready = who;
      } else if (said instanceof WorkerMessage.Stepped stepped) {
        progress.counted(trial, (double) stepped.step() / stepped.steps());
      }
    }
  }

  /** Notes a trial that went well; what to say of it. */
  private String ended(int i, RunConfig run, FitData own, Watching watching, FitResult result)
      throws Exception {
    String path = folder.path("trials/" + book.trial(i).id());
    storage.delete(path); // of a sweep that ended before it had noted this trial
    RunReport written =
        TrainRun.writeTrial(
            storage,
            path,
            run,
            TrainRun.described(own.facts()),
            watching.machine(),
            result.history(),
            result.timing());
    double seconds = watching.seconds();
    Trial trial = book.succeeded(i, written, result.bestEpoch(), watching.executor(), seconds);
    Double accuracy = trial.validationAccuracy();
    Double loss = trial.validationLoss();
    String score =
        accuracy != null
            ? String.format(Locale.ROOT, "validation accuracy %.2f %%", 100 * accuracy)
            : String.format(Locale.ROOT, "validation loss %.5g", loss == null ? Double.NaN : loss);
    return String.format(Locale.ROOT, "%s, %.1f s", score, seconds);
  }

  private String line(int i, String what) {
    Trial trial = book.trial(i);
    return String.format(
        Locale.ROOT, "[%d] %s %s: %s", book.done(), trial.id(), trial.params(), what);
  }
}
