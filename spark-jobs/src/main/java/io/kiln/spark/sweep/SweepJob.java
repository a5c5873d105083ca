package io.kiln.spark.sweep;

import io.kiln.nn.train.DivergedException;
import io.kiln.nn.train.NoCheckpointException;
import io.kiln.spark.config.Resume;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.config.SweepRequest;
import io.kiln.spark.job.Failures;
import io.kiln.spark.job.Job;
import io.kiln.spark.mlflow.Tracking;
import io.kiln.spark.report.Owner;
import io.kiln.spark.report.Progress;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.search.Space;
import io.kiln.spark.search.Strategies;
import io.kiln.spark.search.Strategy;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.SparkRuntime;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.ShutdownHookManager;
import org.jspecify.annotations.Nullable;
import scala.runtime.AbstractFunction0;
import scala.runtime.BoxedUnit;

/**
 * {@code kiln sweep}: the driver's side. A strategy suggests trials, fits train them as slots come
 * free, a failed one is only noted. Then the best is trained again as a run of its own and tested
 * once.
 */
public final class SweepJob implements Job<SweepRequest> {
  /** Above that of a run, and above SparkContext's own hook, so that it runs first. */
  private static final int HOOK_PRIORITY = 110;

  @Override
  public void run(SweepRequest request, PrintStream out) throws Exception {
    RunConfig config = request.config();
    SweepConfig sweep = request.sweep();
    SparkRuntime runtime =
        new SparkRuntime(
            config.name(),
            request.place().master(),
            Math.max(
                config.cluster().workers().most(config.shards()),
                sweep.workers() * Math.max(1, sweep.parallel())));
    HadoopStorage storage = runtime.storage();
    String wanted = runtime.places().out(request.place().out());
    String there = request.resume() == Resume.NO ? null : there(storage, request, wanted);
    TrainRun.Preparing preparing =
        new TrainRun.Preparing(request.place().dataRoot(), runtime, storage);
    TrainRun.Prepared prepared =
        preparing.of(TrialFits.trial(config, sweep, java.util.Map.of())); // as trials train
    Space space = WholeKeys.of(config, sweep, prepared, storage);
    for (String note : prepared.data().facts().notes()) {
      out.println("note: " + note);
    }
    SweepChecks checks = new SweepChecks(config, sweep, prepared, storage);
    checks.check(space);
    Strategy strategy = Strategies.of(sweep, space, config.train().epochs(), checks::flops);
    SweepFolder folder =
        there == null
            ? SweepFolder.create(storage, wanted, config.name(), config.resolved(), sweep.metric())
            : SweepFolder.resume(storage, there);
    Entry.Begun begun = SweepStart.begun(config, sweep, prepared.data().facts().fingerprint());
    List<Entry> entries = there == null ? List.of() : SweepStart.entries(folder, storage, begun);
    Tracking.follow(folder, config, storage);
    out.println("sweep folder: " + folder.path());
    try (Owner owner = Owner.of(storage, folder.path());
        folder;
        Journal journal = Journal.in(storage, folder.path());
        JavaSparkContext spark = runtime.start()) {
      Objects.requireNonNull(owner);
      if (entries.isEmpty()) {
        journal.write(begun);
      }
      int most = Strategies.most(sweep, space);
      Clock clock = new Clock();
      TrialBook book =
          new TrialBook(
              folder, sweep, Strategies.rungs(sweep, config.train().epochs()), most, clock);
      SweepStart start = SweepStart.replay(entries, strategy, book, sweep);
      clock.behind = start.seconds();
      Object hook =
          ShutdownHookManager.addShutdownHook(HOOK_PRIORITY, new StopFirst(book, journal, clock));
      try {
        TrialData data = new TrialData(preparing, prepared.config(), prepared.data());
        int cores = Math.max(1, spark.getConf().getInt("spark.task.cpus", 1));
        TrialFits fits =
            new TrialFits(config, sweep, storage, prepared.root(), data, folder, cores);
        Packing packing =
            new Packing(sweep.pack(), checks.packs(), checks::seconds, checks::epochs);
        double utilization =
            trained(spark, fits, book, journal, strategy, packing, start, most, clock, out);
        finish(
            new Finishing(spark, config, sweep, preparing, storage, folder),
            book,
            utilization,
            out);
      } catch (Exception e) {
        book.write(RunReport.Status.FAILED, Failures.of(e).line(), null, null);
        throw e;
      } finally {
        ShutdownHookManager.removeShutdownHook(hook);
      }
    }
  }

  /** Seconds since the sweep began, over all drivers it had. */
  private static final class Clock implements DoubleSupplier {
    private final long start = System.nanoTime();
    private volatile double behind;

    @Override
    public double getAsDouble() {
      return behind + (System.nanoTime() - start) / 1e9;
    }
  }

  /** What the driver does first when it is told to end. */
  private static final class StopFirst extends AbstractFunction0<BoxedUnit> {
    private final TrialBook book;
    private final Journal journal;
    private final Clock clock;

    StopFirst(TrialBook book, Journal journal, Clock clock) {
      this.book = book;
      this.journal = journal;
      this.clock = clock;
    }

    @Override
    public BoxedUnit apply() {
      book.stop();
      try {
        journal.write(new Entry.Rested(clock.getAsDouble()));
        journal.close();
      } catch (IOException e) {
        System.err.println("kiln: the journal could not be closed: " + e.getMessage());
      }
      return BoxedUnit.UNIT;
    }
  }

  /** Trains all trials; the share of the slots' time that they used. */
  private static double trained(
      JavaSparkContext spark,
      TrialFits fits,
      TrialBook book,
      Journal journal,
      Strategy strategy,
      Packing packing,
      SweepStart start,
      int most,
      Clock clock,
      PrintStream out)
      throws Exception {
    Progress line = Progress.ofTerminal();
    try {
      int[] rungs = Strategies.rungs(fits.sweep(), fits.config().train().epochs());
      SweepWork work = new SweepWork(book, fits.sweep(), rungs, most, packing);
      TrialProgress progress = new TrialProgress(book, work, most, packing, line, System::nanoTime);
      TrialNews news = new TrialNews(book, progress, line, out, fits.sweep().metric());
      SlotTask.Setting setting =
          new SlotTask.Setting(spark, fits.storage(), fits, book, news, packing, clock);
      return new SweepLoop(
              spark, fits.sweep(), strategy, book, journal, packing, start.left(), most, clock)
          .run((parts, before, loop) -> new SlotTask(setting, parts, before, loop));
    } finally {
      line.end();
    }
  }

  /** The folder of the sweep to go on with; null if there is none and one may begin. */
  private static @Nullable String there(
      HadoopStorage storage, SweepRequest request, @Nullable String out) throws IOException {
    String name = request.config().name();
    String folder = out != null ? out : SweepFolder.newest(storage, name);
    if (folder != null && SweepFolder.exists(storage, folder)) {
      return folder;
    }
    if (request.resume() == Resume.AUTO) {
      return null;
    }
    throw new NoCheckpointException(
        "resume: "
            + (folder == null
                ? "there is no sweep of the name "
                    + name
                    + " under "
                    + HadoopStorage.qualified("runs")
                    + "; name it with --out"
                : folder + " holds no sweep; check --out")
            + ", or sweep without --resume");
  }

  private static void finish(
      Finishing finishing, TrialBook book, double utilization, PrintStream out) throws Exception {
    Trial best = book.best();
    String folder = finishing.folder().path();
    if (best == null) {
      String why = book.firstError();
      throw new DivergedException(
          0,
          "sweep: no trial succeeded; "
              + (why.isEmpty() ? "" : "the first failed with: " + why + "; ")
              + "see "
              + folder
              + "/trials.csv");
    }
    out.println(
        "best: "
            + best.id()
            + " "
            + SweepReport.settings(best.params())
            + "; training it again, then one test");
    RunReport report = finishing.best(best, out);
    finishing.together(book, out);
    finishing.storage().delete(finishing.folder().path("checkpoints"));
    book.write(RunReport.Status.SUCCEEDED, null, report.test(), utilization);
    out.println("report: " + folder + "/sweep.html");
  }
}
