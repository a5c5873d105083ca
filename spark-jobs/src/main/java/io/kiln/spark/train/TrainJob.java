package io.kiln.spark.train;

import io.kiln.nn.train.NoCheckpointException;
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
 * behind; then Spark starts, and {@link TrainRun} does the rest.
 */
public final class TrainJob implements Job<TrainRequest> {
  @Override
  public void run(TrainRequest request, PrintStream out) throws Exception {
    RunConfig config = request.config();
    TrainRequest.Place place = request.place();
    SparkRuntime runtime = new SparkRuntime(config.name(), place.master());
    HadoopStorage storage = runtime.storage();
    TrainRun.Prepared prepared = TrainRun.prepare(config, place.dataRoot(), runtime, storage);
    for (String note : prepared.data().notes()) {
      out.println("note: " + note);
    }
    for (String note : config.notes(prepared.threads())) {
      out.println("note: " + note);
    }
    if (!request.resume()) {
      try (JavaSparkContext spark = runtime.start()) {
        RunReport report = new TrainRun(spark, prepared, storage, out).inNewFolder(place.out());
        out.println(Ending.line(report));
      }
      return;
    }
    try (RunFolder folder = open(storage, resumable(storage, place.out(), config.name()))) {
      Resumption from =
          Resumption.of(TrainRun.checkpoints(storage, folder, config), prepared, folder.path());
      for (String change : from.changes()) {
        out.println("note: not bit-equal to a run without a break: " + change);
      }
      try (JavaSparkContext spark = runtime.start()) {
        RunReport report = new TrainRun(spark, prepared, storage, out).in(folder, from);
        out.println(Ending.line(report));
      }
    }
  }

  private static String resumable(HadoopStorage storage, @Nullable String out, String name)
      throws IOException {
    String folder = out != null ? out : RunFolder.newest(storage, name);
    if (folder == null) {
      throw new NoCheckpointException(
          "resume: there is no run of the name "
              + name
              + " under runs/; name it with --out, or train without --resume");
    }
    return folder;
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
