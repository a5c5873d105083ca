package io.kiln.spark.sweep;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.train.DivergedException;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.config.SweepRequest;
import io.kiln.spark.job.Failures;
import io.kiln.spark.job.Job;
import io.kiln.spark.report.Json;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.SparkRuntime;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * {@code kiln sweep}: the driver's side. Trials wait in a queue; as many threads as there are slots
 * hand them out, each as a Spark job of one task, so a slow trial holds up nobody and a failed one
 * is only noted. Then the best is trained again as a run of its own and tested once.
 */
public final class SweepJob implements Job<SweepRequest> {
  @Override
  public void run(SweepRequest request, PrintStream out) throws Exception {
    RunConfig config = request.config();
    SweepConfig sweep = config.sweep();
    if (sweep == null) {
      throw new ConfigException("sweep: it is missing; give the configuration a section sweep");
    }
    SparkRuntime runtime = new SparkRuntime(config.name(), request.place().master());
    HadoopStorage storage = runtime.storage();
    List<Map<String, Object>> space = Trials.of(sweep);
    TrainRun.Prepared prepared =
        TrainRun.prepare(config, request.place().dataRoot(), runtime, storage);
    check(config, sweep, space, prepared, storage);
    SweepFolder folder = folder(storage, request, sweep);
    out.println("sweep folder: " + folder.path());
    try (JavaSparkContext spark = runtime.start()) {
      long start = System.nanoTime();
      TrialBook book = new TrialBook(folder, trials(folder, space, request.resume()), start);
      try {
        int slots = slots(spark, sweep, space.size());
        double utilization =
            new Runner(spark, config, storage, prepared.root(), folder, book, out)
                .run(space, slots);
        finish(spark, config, request, runtime, storage, folder, book, utilization, out);
      } catch (Exception e) {
        book.write(RunReport.Status.FAILED, Failures.of(e).line(), null, null);
        throw e;
      }
    }
  }

  /** Builds every trial's network once, so that no mistake shows up after an hour. */
  private static void check(
      RunConfig config,
      SweepConfig sweep,
      List<Map<String, Object>> space,
      TrainRun.Prepared prepared,
      HadoopStorage storage)
      throws IOException {
    if (sweep.metric().startsWith("validation") && prepared.data().validation().size() == 0) {
      throw new ConfigException(
          "sweep.metric: "
              + sweep.metric()
              + " needs validation data but there are none; set data.validation");
    }
    for (Map<String, Object> params : space) {
      if (params.keySet().stream().noneMatch(key -> key.startsWith("data."))) {
        TrainRun.check(config.with(params), prepared.data(), prepared.root(), storage);
      }
    }
  }

  private static SweepFolder folder(HadoopStorage storage, SweepRequest request, SweepConfig sweep)
      throws Exception {
    String out = request.place().out();
    if (request.resume() && out != null) {
      return SweepFolder.resume(storage, out);
    }
    RunConfig config = request.config();
    return SweepFolder.create(storage, out, config.name(), config.resolved(), sweep.metric());
  }

  private static List<Trial> trials(
      SweepFolder folder, List<Map<String, Object>> space, boolean resume) {
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < space.size(); i++) {
      Trial fresh =
          TrialBook.pending(String.format(Locale.ROOT, "trial-%03d", i + 1), space.get(i));
      for (Trial old : folder.report().trials()) {
        boolean same = old.id().equals(fresh.id()) && old.params().equals(fresh.params());
        if (resume && same && old.status() == TrialStatus.SUCCEEDED) {
          fresh = old;
        }
      }
      trials.add(fresh);
    }
    return trials;
  }

  private static int slots(JavaSparkContext spark, SweepConfig sweep, int trials) {
    int cpus = spark.getConf().getInt("spark.task.cpus", 1);
    int slots =
        sweep.parallel() > 0 ? sweep.parallel() : Math.max(1, spark.defaultParallelism() / cpus);
    return Math.min(slots, Math.max(1, trials));
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
    RunReport report = new TrainRun(spark, prepared, storage, out).inNewFolder(folder.path("best"));
    book.write(RunReport.Status.SUCCEEDED, null, report.test(), utilization);
    out.println("report: " + folder.path() + "/sweep.html");
  }

  /** Hands trials to slots. */
  private record Runner(
      JavaSparkContext spark,
      RunConfig config,
      HadoopStorage storage,
      String root,
      SweepFolder folder,
      TrialBook book,
      PrintStream out) {
    /** Runs what is not done; the share of the slots' time that trials used. */
    double run(List<Map<String, Object>> space, int slots) throws Exception {
      long start = System.nanoTime();
      ExecutorService threads = Executors.newFixedThreadPool(slots);
      List<Future<Double>> waiting = new ArrayList<>();
      try {
        for (int i = 0; i < space.size(); i++) {
          if (book.trial(i).status() != TrialStatus.SUCCEEDED) {
            int number = i;
            waiting.add(threads.submit(() -> trial(number, space)));
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
      }
    }

    /** Seconds the trial used. */
    private double trial(int i, List<Map<String, Object>> space) {
      long start = System.nanoTime();
      book.begins(i);
      try {
        RunConfig run = config.with(space.get(i)).with(Map.of("cluster.workers", 1)).withoutSweep();
        int threads = Math.max(1, spark.getConf().getInt("spark.task.cpus", 1));
        TrialTask task = new TrialTask(new LinkedHashMap<>(run.resolved()), storage, root, threads);
        byte[] result = spark.parallelize(List.of(i), 1).map(number -> task.run()).collect().get(0);
        TrialTask.Report report = Json.read("report of a trial", result, TrialTask.Report.class);
        ended(i, run, report);
        return report.seconds();
      } catch (Exception e) {
        String why = Failures.of(e).line();
        book.failed(i, why);
        out.println(line(i, why));
        return (System.nanoTime() - start) / 1e9;
      }
    }

    private void ended(int i, RunConfig run, TrialTask.Report report) throws Exception {
      RunReport written =
          TrainRun.writeTrial(
              storage,
              folder.path("trials/" + book.trial(i).id()),
              run,
              report.machine(),
              report.result().history(),
              report.result().timing());
      Trial trial = book.succeeded(i, written, report.executor(), report.seconds());
      Double accuracy = trial.validationAccuracy();
      Double loss = trial.validationLoss();
      String score =
          accuracy != null
              ? String.format(Locale.ROOT, "validation accuracy %.2f %%", 100 * accuracy)
              : String.format(
                  Locale.ROOT, "validation loss %.5g", loss == null ? Double.NaN : loss);
      out.println(line(i, String.format(Locale.ROOT, "%s, %.1f s", score, report.seconds())));
    }

    private String line(int i, String what) {
      Trial trial = book.trial(i);
      return String.format(
          Locale.ROOT, "[%d] %s %s: %s", book.done(), trial.id(), trial.params(), what);
    }
  }
}
