package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.train.NoCheckpointException;
import io.kiln.spark.config.Resume;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.TrainRequest;
import io.kiln.spark.job.Job;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * {@code kiln train}: the driver's side.
 *
 * <p>Data and configuration are read here first, so that a mistake costs seconds and leaves nothing
 * behind; then Spark starts (for tables it does so before), and {@link TrainRun} does the rest.
 */
public final class TrainJob implements Job<TrainRequest> {
  @Override
  public void run(TrainRequest request, PrintStream out) throws Exception {
    RunConfig config = request.config();
    try (SparkRuntime runtime =
        new SparkRuntime(
            config.name(),
            request.place().master(),
            config.cluster().workers().most(config.shards()))) {
      run(request, runtime, out);
    }
  }

  private static void run(TrainRequest request, SparkRuntime runtime, PrintStream out)
      throws Exception {
    RunConfig config = request.config();
    TrainRequest.Place place = request.place();
    HadoopStorage storage = runtime.storage();
    String wanted = runtime.places().out(place.out());
    String there = request.resume() == Resume.NO ? null : there(storage, request, wanted);
    TrainRun.Prepared prepared =
        new TrainRun.Preparing(place.dataRoot(), runtime, storage).of(config);
    for (String note : prepared.data().facts().notes()) {
      out.println("note: " + note);
    }
    for (String note : config.notes(Math.max(1, prepared.threads()))) {
      out.println("note: " + note);
    }
    if (there == null) {
      try (JavaSparkContext spark = runtime.start()) {
        new TrainRun(spark, prepared, storage, out).inNewFolder(wanted);
      }
      return;
    }
    try (RunFolder folder = open(storage, there)) {
      boolean auto = request.resume() == Resume.AUTO;
      if (auto && done(folder.report(), prepared)) {
        out.println("the run is done; for more of it raise train.epochs, or give another --out");
        Ending.print(folder, out);
        return;
      }
      CheckpointStore checkpoints = TrainRun.checkpoints(storage, folder, config);
      boolean begins = auto && checkpoints.paths().isEmpty();
      Resumption from =
          begins ? Resumption.NONE : Resumption.of(checkpoints, prepared, folder.path());
      for (String change : from.changes()) {
        out.println("note: not bit-equal to a run without a break: " + change);
      }
      try (JavaSparkContext spark = runtime.start()) {
        new TrainRun(spark, prepared, storage, out).in(folder, from);
      }
    }
  }

  /** The folder of the run to go on with; null if there is none and one may begin. */
  private static @Nullable String there(
      HadoopStorage storage, TrainRequest request, @Nullable String out) throws IOException {
    String name = request.config().name();
    String folder = out != null ? out : RunFolder.newest(storage, name);
    if (request.resume() == Resume.AUTO) {
      return folder != null && RunFolder.exists(storage, folder) ? folder : null;
    }
    if (folder == null) {
      throw new NoCheckpointException(
          "resume: there is no run of the name "
              + name
              + " under "
              + HadoopStorage.qualified("runs")
              + "; name it with --out, or train without --resume");
    }
    return folder;
  }

  private static boolean done(RunReport report, TrainRun.Prepared prepared) {
    return report.status() == RunReport.Status.SUCCEEDED && same(report, prepared);
  }

  /** Whether a run is of this configuration, so many epochs, and these data. */
  static boolean same(RunReport report, TrainRun.Prepared prepared) {
    RunReport.Data data = report.data();
    if (data == null || !data.fingerprint().equals(prepared.data().facts().fingerprint())) {
      return false;
    }
    try {
      RunConfig was = RunConfig.of(report.config());
      RunConfig now = prepared.config();
      return was.hash().equals(now.hash()) && was.train().epochs() == now.train().epochs();
    } catch (ConfigException e) {
      return false; // of another version; its checkpoints will tell
    }
  }

  private static RunFolder open(HadoopStorage storage, String path) throws IOException {
    try {
      return RunFolder.resume(storage, path);
    } catch (NoSuchFileException e) {
      NoCheckpointException none =
          new NoCheckpointException(
              "resume: " + path + " holds no run; check --out, or train without --resume");
      none.initCause(e);
      throw none;
    }
  }
}
