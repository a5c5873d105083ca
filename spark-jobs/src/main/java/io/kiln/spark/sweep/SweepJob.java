package io.kiln.spark.sweep;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.train.DivergedException;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.train.NoCheckpointException;
import io.kiln.spark.cluster.Doctor;
import io.kiln.spark.config.Resume;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.config.SweepRequest;
import io.kiln.spark.fit.TableData;
import io.kiln.spark.job.Failures;
import io.kiln.spark.job.Job;
import io.kiln.spark.report.Json;
import io.kiln.spark.report.Progress;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.SparkRuntime;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.ShutdownHookManager;
import org.jspecify.annotations.Nullable;
import scala.runtime.AbstractFunction0;
import scala.runtime.BoxedUnit;

/**
 * {@code kiln sweep}: the driver's side. Trials wait in a queue, the longest first; as many threads
 * as there are slots hand them out, each as a Spark job of one task, so a slow trial holds up
 * nobody and a failed one is only noted. Then the best is trained again as a run of its own and
 * tested once.
 */
public final class SweepJob implements Job<SweepRequest> {
  /** Above that of a run, and above SparkContext's own hook, so that it runs first. */
  private static final int HOOK_PRIORITY = 110;

  @Override
  public void run(SweepRequest request, PrintStream out) throws Exception {
    RunConfig config = request.config();
    SweepConfig sweep = config.sweep();
    if (sweep == null) {
      throw new ConfigException("sweep: it is missing; give the configuration a section sweep");
    }
    if (TableData.describes(config.data())) {
      throw new ConfigException(
          "data.format: a table of Spark's ("
              + config.data().get("format")
              + ") came but the trials of a sweep read data that are replicated; give them as csv,"
              + " or train one configuration with kiln train");
    }
    SparkRuntime runtime = new SparkRuntime(config.name(), request.place().master());
    HadoopStorage storage = runtime.storage();
    String wanted = runtime.places().out(request.place().out());
    String there = request.resume() == Resume.NO ? null : there(storage, request, wanted);
    TrainRun.Prepared prepared =
        TrainRun.prepare(config, request.place().dataRoot(), runtime, storage);
    List<Map<String, Object>> space =
        Trials.of(sweep, WholeKeys.of(config, sweep, prepared, storage));
    for (String note : prepared.data().facts().notes()) {
      out.println("note: " + note);
    }
    double[] costs = costs(config, sweep, space, prepared, storage);
    SweepFolder folder =
        there == null
            ? SweepFolder.create(storage, wanted, config.name(), config.resolved(), sweep.metric())
            : SweepFolder.resume(storage, there);
    List<Trial> trials = new ArrayList<>();
    EarlierTrials earlier =
        new EarlierTrials(storage, folder, prepared.data().facts().fingerprint());
    for (int i = 0; i < space.size(); i++) {
      Trial fresh =
          TrialBook.pending(String.format(Locale.ROOT, "trial-%03d", i + 1), space.get(i));
      Trial done = earlier.done(fresh, trial(config, space.get(i)));
      trials.add(done == null ? fresh : done);
    }
    out.println("sweep folder: " + folder.path());
    try (JavaSparkContext spark = runtime.start()) {
      long start = System.nanoTime();
      TrialBook book = new TrialBook(folder, trials, start);
      Object hook = ShutdownHookManager.addShutdownHook(HOOK_PRIORITY, new StopFirst(book));
      try {
        int slots = book.done() == space.size() ? 1 : slots(spark, config, sweep, space.size());
        double utilization =
            new Runner(spark, config, storage, prepared, folder, book, space, out)
                .run(costs, slots);
        finish(spark, config, request, runtime, storage, folder, book, utilization, out);
      } catch (Exception e) {
        book.write(RunReport.Status.FAILED, Failures.of(e).line(), null, null);
        throw e;
      } finally {
        ShutdownHookManager.removeShutdownHook(hook);
      }
    }
  }

  /** What the driver does first when it is told to end. */
  private static final class StopFirst extends AbstractFunction0<BoxedUnit> {
    private final TrialBook book;

    StopFirst(TrialBook book) {
      this.book = book;
    }

    @Override
    public BoxedUnit apply() {
      book.stop();
      return BoxedUnit.UNIT;
    }
  }

  /** What a trial trains. */
  private static RunConfig trial(RunConfig config, Map<String, Object> values) {
    return config.with(values).alone().withoutSweep();
  }

  /**
   * Builds every trial's network once, so that no mistake shows up after an hour; gives what each
   * trial costs. One with data of its own is not built; it counts as the dearest.
   */
  private static double[] costs(
      RunConfig config,
      SweepConfig sweep,
      List<Map<String, Object>> space,
      TrainRun.Prepared prepared,
      HadoopStorage storage)
      throws IOException {
    if (sweep.metric().startsWith("validation") && prepared.data().facts().validation() == 0) {
      throw new ConfigException(
          "sweep.metric: "
              + sweep.metric()
              + " needs validation data but there are none; set data.validation");
    }
    if (sweep.greaterIsBetter() && !TrainRun.classifies(config, prepared.data())) {
      throw new ConfigException(
          "sweep.metric: "
              + sweep.metric()
              + " is for classes but the label is a number; set sweep.metric: validation.loss");
    }
    double[] costs = new double[space.size()];
    double most = 1;
    for (int i = 0; i < costs.length; i++) {
      boolean builds = space.get(i).keySet().stream().noneMatch(key -> key.startsWith("data."));
      RunConfig trial = config.with(space.get(i));
      costs[i] =
          builds ? TrainRun.flops(trial, prepared.data(), prepared.root(), storage) : Double.NaN;
      most = builds ? Math.max(most, costs[i]) : most;
    }
    for (int i = 0; i < costs.length; i++) {
      costs[i] = Double.isNaN(costs[i]) ? most : costs[i];
    }
    return costs;
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

  /** Trials at a time. Executors register one by one: it waits until they are there. */
  private static int slots(JavaSparkContext spark, RunConfig config, SweepConfig sweep, int trials)
      throws InterruptedException {
    Duration patience = Duration.ofMillis((long) (1000 * config.cluster().resourcesTimeout()));
    int slots = Doctor.settledSlots(spark, patience);
    return Math.min(sweep.parallel() > 0 ? sweep.parallel() : slots, Math.max(1, trials));
  }

  private static void finish(
      JavaSparkContext spark,
      RunConfig config,
      SweepRequest request,
      SparkRuntime runtime,
      HadoopStorage storage,
      SweepFolder folder,
      TrialBook book,
      double utilization,
      PrintStream out)
      throws Exception {
    Trial best = book.best();
    if (best == null) {
      throw new DivergedException(
          0,
          "sweep: no trial succeeded; the first failed with: "
              + book.trial(0).error()
              + "; see "
              + folder.path()
              + "/trials.csv");
    }
    out.println("best: " + best.id() + " " + best.params() + "; training it again, then one test");
    RunConfig winner = config.with(best.params()).withoutSweep();
    TrainRun.Prepared prepared =
        TrainRun.prepare(winner, request.place().dataRoot(), runtime, storage);
    RunReport report = new TrainRun(spark, prepared, storage, out).to(folder.path("best"));
    book.write(RunReport.Status.SUCCEEDED, null, report.test(), utilization);
    out.println("report: " + folder.path() + "/sweep.html");
  }

  /** Hands trials to slots. */
  private record Runner(
      JavaSparkContext spark,
      RunConfig config,
      HadoopStorage storage,
      TrainRun.Prepared prepared,
      SweepFolder folder,
      TrialBook book,
      List<Map<String, Object>> space,
      PrintStream out) {
    /** Runs what is not done; the share of the slots' time that trials used. */
    double run(double[] costs, int slots) throws Exception {
      double[] ahead = costs.clone();
      for (int i = 0; i < ahead.length; i++) {
        ahead[i] = book.trial(i).status() == TrialStatus.SUCCEEDED ? 0 : ahead[i];
      }
      Progress line = Progress.ofTerminal();
      TrialProgress progress = new TrialProgress(book, ahead, line, System::nanoTime);
      spark.sc().addSparkListener(progress);
      ExecutorService threads = Executors.newFixedThreadPool(slots);
      long start = System.nanoTime();
      try {
        List<Future<Double>> waiting = new ArrayList<>();
        for (int i : Trials.longestFirst(costs)) {
          if (book.trial(i).status() != TrialStatus.SUCCEEDED) {
            waiting.add(threads.submit(() -> trial(i, progress, line)));
          }
        }
        double busy = 0;
        for (Future<Double> one : waiting) {
          busy += one.get();
        }
        double wall = (System.nanoTime() - start) / 1e9 * slots;
        return waiting.isEmpty() ? 1 : Math.min(1, busy / wall);
      } finally {
        threads.shutdownNow();
        spark.sc().removeSparkListener(progress);
        line.end();
      }
    }

    /** Seconds the trial used. */
    private double trial(int i, TrialProgress progress, Progress line) {
      long start = System.nanoTime();
      book.begins(i);
      String said;
      double seconds;
      try {
        RunConfig run = SweepJob.trial(config, space.get(i));
        int threads = Math.max(1, spark.getConf().getInt("spark.task.cpus", 1));
        LongAccumulator counter = progress.begins(i, spark.sc());
        boolean ownData = space.get(i).keySet().stream().anyMatch(key -> key.startsWith("data."));
        TrialTask task =
            new TrialTask(
                new LinkedHashMap<>(run.resolved()),
                storage,
                prepared.root(),
                threads,
                counter,
                ownData ? "" : prepared.data().facts().fingerprint());
        byte[] result = spark.parallelize(List.of(i), 1).map(number -> task.run()).collect().get(0);
        TrialTask.Report report = Json.read("report of a trial", result, TrialTask.Report.class);
        seconds = report.seconds();
        FitResult fit = report.result();
        if (fit == null) {
          said = String.valueOf(report.error());
          book.failed(i, said);
        } else {
          said = ended(i, run, report, fit);
        }
      } catch (Exception e) {
        said = Failures.of(e).line();
        book.failed(i, said);
        seconds = (System.nanoTime() - start) / 1e9;
      }
      String whole = line(i, said);
      line.aside(() -> out.println(whole));
      progress.ended(i);
      return seconds;
    }

    /** Notes a trial that went well; what to say of it. */
    private String ended(int i, RunConfig run, TrialTask.Report report, FitResult result)
        throws Exception {
      String path = folder.path("trials/" + book.trial(i).id());
      storage.delete(path); // of a sweep that ended before it had noted this trial
      RunReport written =
          TrainRun.writeTrial(
              storage,
              path,
              run,
              report.data(),
              report.machine(),
              result.history(),
              result.timing());
      Trial trial =
          book.succeeded(i, written, result.bestEpoch(), report.executor(), report.seconds());
      Double accuracy = trial.validationAccuracy();
      Double loss = trial.validationLoss();
      String score =
          accuracy != null
              ? String.format(Locale.ROOT, "validation accuracy %.2f %%", 100 * accuracy)
              : String.format(
                  Locale.ROOT, "validation loss %.5g", loss == null ? Double.NaN : loss);
      return String.format(Locale.ROOT, "%s, %.1f s", score, report.seconds());
    }

    private String line(int i, String what) {
      Trial trial = book.trial(i);
      return String.format(
          Locale.ROOT, "[%d] %s %s: %s", book.done(), trial.id(), trial.params(), what);
    }
  }
}
