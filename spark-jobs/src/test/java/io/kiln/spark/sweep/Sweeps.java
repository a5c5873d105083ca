package io.kiln.spark.sweep;

import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.report.Progress;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.search.Space;
import io.kiln.spark.search.Strategies;
import io.kiln.spark.search.Strategy;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.SparkRuntime;
import io.kiln.spark.train.TrainRun;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.api.java.JavaSparkContext;

/** The trials of a sweep in an application of a test. */
final class Sweeps {
  static final HadoopStorage STORAGE = new HadoopStorage();

  private Sweeps() {}

  /** A small network on drawn digits, with that section of a sweep. */
  static RunConfig config(int epochs, Map<String, Object> sweep) {
    return RunConfig.of(
        Map.of(
            "data",
            Map.of("format", "synthetic", "train", 300, "validation", 50, "test", 0),
            "model",
            Map.of("type", "mlp", "hidden", List.of(8)),
            "optimizer",
            Map.of("type", "sgd", "learning-rate", 0.1),
            "train",
            Map.of("epochs", epochs, "batch-size", 50),
            "cluster",
            Map.of("virtual-shards", 2),
            "sweep",
            new LinkedHashMap<>(sweep)));
  }

  /** What came of it: the book, and the share of the slots that was used. */
  record Swept(TrialBook book, double utilization) {}

  /**
   * Trains the trials of a configuration, or goes on with them.
   *
   * @param path of the folder of the sweep
   */
  static Swept run(JavaSparkContext spark, RunConfig config, String path) throws Exception {
    SweepConfig sweep = Objects.requireNonNull(config.sweep());
    RunConfig shared = TrialFits.trial(config, sweep, Map.of());
    WholeData data = WholeData.of(shared.data(), ".", STORAGE);
    TrainRun.Prepared prepared = new TrainRun.Prepared(shared, data, ".", 1, 1);
    Space space = WholeKeys.of(config, sweep, prepared, STORAGE);
    SweepChecks checks = new SweepChecks(config, sweep, prepared, STORAGE);
    checks.check(space);
    Strategy strategy = Strategies.of(sweep, space, config.train().epochs(), checks::flops);
    boolean there = SweepFolder.exists(STORAGE, path);
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    long start = System.nanoTime();
    try (SweepFolder folder =
            there
                ? SweepFolder.resume(STORAGE, path)
                : SweepFolder.create(STORAGE, path, "s", config.resolved(), sweep.metric());
        Journal journal = Journal.in(STORAGE, path)) {
      Entry.Begun begun = SweepStart.begun(config, sweep, data.splits().fingerprint());
      List<Entry> entries = there ? SweepStart.entries(folder, STORAGE, begun) : List.of();
      if (entries.isEmpty()) {
        journal.write(begun);
      }
      int most = Strategies.most(sweep, space);
      TrialBook book =
          new TrialBook(
              folder,
              sweep,
              Strategies.rungs(sweep, config.train().epochs()),
              most,
              () -> (System.nanoTime() - start) / 1e9);
      SweepStart at = SweepStart.replay(entries, strategy, book, sweep);
      var preparing = new TrainRun.Preparing(".", new SparkRuntime("unused", "local[1]"), STORAGE);
      TrialFits fits =
          new TrialFits(
              config, sweep, STORAGE, ".", new TrialData(preparing, shared, data), folder, 1);
      Packing packing = new Packing(sweep.pack(), checks.packs(), checks::seconds, checks::epochs);
      Progress line = new Progress(quiet, false, System::nanoTime);
      int[] rungs = Strategies.rungs(sweep, config.train().epochs());
      SweepWork work = new SweepWork(book, sweep, rungs, most, packing);
      TrialProgress progress = new TrialProgress(book, work, most, packing, line, System::nanoTime);
      TrialNews news = new TrialNews(book, progress, line, quiet, sweep.metric());
      SlotTask.Setting setting =
          new SlotTask.Setting(
              spark, STORAGE, fits, book, news, packing, () -> (System.nanoTime() - start) / 1e9);
      double utilization =
          new SweepLoop(
                  spark,
                  sweep,
                  strategy,
                  book,
                  journal,
                  packing,
                  at.left(),
                  most,
                  () -> (System.nanoTime() - start) / 1e9)
              .run((parts, before, loop) -> new SlotTask(setting, parts, before, loop));
      return new Swept(book, utilization);
    }
  }
}
