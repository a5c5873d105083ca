package io.kiln.spark.sweep;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.ConfigHash;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The trials that a sweep finds done when it is resumed. */
record EarlierTrials(HadoopStorage storage, SweepFolder folder, String fingerprint) {
  /**
   * The trial of that name and those values, if it is done; null if it is still to be trained.
   *
   * @param run what would be trained now
   * @throws ConfigException if it was trained with other settings or on other data: its number
   *     could not be compared with those to come
   */
  @Nullable Trial done(Trial wanted, RunConfig run) throws IOException {
    for (Trial old : folder.report().trials()) {
      if (old.status() == TrialStatus.SUCCEEDED
          && old.id().equals(wanted.id())
          && sameValues(old.params(), wanted.params())) {
        return compared(old, run) ? old : null;
      }
    }
    return null;
  }

  /** Numbers by their value: JSON gives a small one back as another type than YAML does. */
  static boolean sameValues(Map<String, Object> a, Map<String, Object> b) {
    return ConfigHash.canonical(a).equals(ConfigHash.canonical(b));
  }

  /** False if its folder is gone. */
  private boolean compared(Trial old, RunConfig run) throws IOException {
    String path = folder.path("trials/" + old.id());
    RunReport report;
    try {
      report = RunFolder.read(storage, path);
    } catch (NoSuchFileException e) {
      return false;
    }
    RunConfig was = RunConfig.of(report.config());
    String other =
        !was.hash().equals(run.hash())
            ? "other settings"
            : was.train().epochs() != run.train().epochs()
                ? "train.epochs: " + was.train().epochs() + ", not " + run.train().epochs()
                : otherData(report, old) ? "other data" : "";
    if (!other.isEmpty()) {
      throw new ConfigException(
          "resume: "
              + path
              + " was trained with "
              + other
              + ", so its result does not compare with new ones; resume with what it was trained"
              + " with, or sweep without --resume");
    }
    return true;
  }

  /** Data of a trial's own are not known here; those of all trials are. */
  private boolean otherData(RunReport report, Trial old) {
    RunReport.Data data = report.data();
    return data != null
        && old.params().keySet().stream().noneMatch(key -> key.startsWith("data."))
        && !data.fingerprint().equals(fingerprint);
  }
}
