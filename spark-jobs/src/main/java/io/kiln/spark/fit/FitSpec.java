package io.kiln.spark.fit;

import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.Workers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One fit: all that decides what is trained, on what, from where to where, and by how many. The
 * horizon, which schedules go by, is the configuration's {@code train.epochs}.
 *
 * @param config model, loss, optimizer, how long
 * @param data what is learnt from
 * @param root folder of data sets and pretrained weights
 * @param workers how many train together
 * @param threads of each worker; 0 for the cores its task is given
 * @param cores of each worker's task; 0 for as many of its executor as can be had
 * @param stop epochs done when this fit ends; at the horizon it is done for good
 * @param checkpoints folder that all workers see; null for none, and a lost worker costs all steps
 * @param from checkpoint to begin with, empty to begin anew; later attempts begin with the newest
 * @param metadata of checkpoints: what a later fit compares before it goes on
 * @param keep what becomes of the trained values
 * @param tests whether the test set is looked at in the end
 */
public record FitSpec(
    RunConfig config,
    FitData data,
    String root,
    Workers workers,
    int threads,
    int cores,
    int stop,
    @Nullable String checkpoints,
    String from,
    Map<String, String> metadata,
    Keep keep,
    boolean tests) {
  /** Copies the map. */
  public FitSpec {
    metadata = Map.copyOf(metadata);
  }

  /** Whether checkpoints are written as the fit goes on. */
  boolean saves() {
    return checkpoints != null && config.train().checkpointEvery().count() > 0;
  }

  /** What workers train; without a folder for them there are no checkpoints. */
  RunConfig trained() {
    return checkpoints == null ? config.with(Map.of("train.checkpoint-every", "none")) : config;
  }

  /**
   * A fit of a configuration, by the workers it asks for, to its horizon, from the beginning;
   * without checkpoints or test; the values go to the driver.
   */
  public static FitSpec of(RunConfig config, FitData data, String root) {
    return new FitSpec(
        config,
        data,
        root,
        config.cluster().workers(),
        config.cluster().threads(),
        1,
        config.train().epochs(),
        null,
        "",
        Map.of(),
        new Keep.AtDriver(),
        false);
  }

  /** This fit, saved to a folder and going on from one of its checkpoints, if that is not empty. */
  public FitSpec saved(String folder, String checkpoint, Map<String, String> described) {
    return new FitSpec(
        config,
        data,
        root,
        workers,
        threads,
        cores,
        stop,
        folder,
        checkpoint,
        described,
        keep,
        tests);
  }

  /** This fit with another end for its values. */
  public FitSpec keeping(Keep other) {
    return new FitSpec(
        config,
        data,
        root,
        workers,
        threads,
        cores,
        stop,
        checkpoints,
        from,
        metadata,
        other,
        tests);
  }

  /** This fit by workers of so many threads and cores. */
  public FitSpec on(Workers others, int threadsOfEach, int coresOfEach) {
    return new FitSpec(
        config,
        data,
        root,
        others,
        threadsOfEach,
        coresOfEach,
        stop,
        checkpoints,
        from,
        metadata,
        keep,
        tests);
  }

  /** This fit up to another epoch. */
  public FitSpec until(int epoch) {
    return new FitSpec(
        config,
        data,
        root,
        workers,
        threads,
        cores,
        epoch,
        checkpoints,
        from,
        metadata,
        keep,
        tests);
  }

  /** This fit, tested in the end. */
  public FitSpec tested() {
    return new FitSpec(
        config, data, root, workers, threads, cores, stop, checkpoints, from, metadata, keep, true);
  }
}
