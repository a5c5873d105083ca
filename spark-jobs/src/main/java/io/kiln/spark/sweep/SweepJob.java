package io.kiln.spark.sweep;

import io.kiln.nn.config.ConfigException;
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
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.SparkRuntime;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.ShutdownHookManager;
import org.jspecify.annotations.Nullable;
import scala.runtime.AbstractFunction0;
import scala.runtime.BoxedUnit;

/**
 * {@code kiln sweep}: the driver's side. Trials are fits that wait for slots, the longest first, so
 * a slow trial holds up nobody and a failed one is only noted. Then the best is trained again as a
 * run of its own and tested once.
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
    SparkRuntime runtime =
        new SparkRuntime(
            config.name(),
            request.place().master(),
            config.cluster().workers().most(config.shards()));
    HadoopStorage storage = runtime.storage();
    String wanted = runtime.places().out(request.place().out());
    String there = request.resume() == Resume.NO ? null : there(storage, request, wanted);
    TrainRun.Preparing preparing =
        new TrainRun.Preparing(request.place().dataRoot(), runtime, storage);
    TrainRun.Prepared prepared = preparing.of(config.alone()); // as trials train
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
    Tracking.follow(folder, config, storage);
    out.println("sweep folder: " + folder.path());
    try (Owner owner = Owner.of(storage, folder.path());
        folder;
        JavaSparkContext spark = runtime.start()) {
      Objects.requireNonNull(owner);
      long start = System.nanoTime();
      TrialBook book = new TrialBook(folder, trials, start);
      Object hook = ShutdownHookManager.addShutdownHook(HOOK_PRIORITY, new StopFirst(book));
      try {
        TrialData data = new TrialData(preparing, prepared.config(), prepared.data());
        double utilization =
            new TrialRunner(spark, config, storage, prepared.root(), data, folder, book, space, out)
                .run(costs, sweep.parallel());
        finish(spark, config, preparing, storage, folder, book, utilization, out);
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
  static RunConfig trial(RunConfig config, Map<String, Object> values) {
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

  private static void finish(
      JavaSparkContext spark,
      RunConfig config,
      TrainRun.Preparing preparing,
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
    TrainRun.Prepared prepared = preparing.of(winner);
    RunReport report = new TrainRun(spark, prepared, storage, out).to(folder.path("best"));
    book.write(RunReport.Status.SUCCEEDED, null, report.test(), utilization);
    out.println("report: " + folder.path() + "/sweep.html");
  }
}
