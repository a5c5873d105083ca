package io.kiln.spark.fit;

import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.io.Checkpoint;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.io.Digests;
import io.kiln.nn.kernel.Blas;
import io.kiln.nn.layer.Network;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.Evaluators;
import io.kiln.nn.train.Fit;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.train.FitState;
import io.kiln.nn.train.LayerWatch;
import io.kiln.spark.cluster.GangContext;
import io.kiln.spark.cluster.GangTask;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.shards.LostRowsException;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;

/**
 * One worker of a fit: opens its samples, trains with the others, tests; rank 0 delivers what was
 * trained.
 *
 * @param config resolved configuration, a serialisable map
 * @param storage where data and checkpoints are
 * @param root folder of data sets and pretrained weights
 * @param threads of each worker; 0 for the cores of its task
 * @param stop epochs done in the end
 * @param tests whether the test set is looked at in the end
 * @param data what this worker gets its samples from
 * @param saving where it finds and leaves what outlives it
 */
record FitTask(
    LinkedHashMap<String, Object> config,
    HadoopStorage storage,
    String root,
    int threads,
    int stop,
    boolean tests,
    WorkerData data,
    Saving saving)
    implements GangTask<byte[]> {
  @Override
  public byte[] run(GangContext gang) throws IOException {
    return brought(gang, message -> gang.report(message.toBytes())).toBytes();
  }

  /** Does the work, and tells of it on the way. */
  FitOutcome.Brought brought(GangContext gang, Telling telling) throws IOException {
    RunConfig run = RunConfig.of(config);
    String host = gang.workers().get(gang.rank()).host();
    if (gang.rank() == 0) {
      checkShared(host);
    }
    try (FitSamples samples = data.open(gang, run)) {
      return fit(gang, run, host, samples, telling);
    } catch (LostRowsException e) {
      telling.tell(new WorkerMessage.Lost(e.executor()));
      throw e;
    }
  }

  private FitOutcome.Brought fit(
      GangContext gang, RunConfig run, String host, FitSamples samples, Telling telling)
      throws IOException {
    FitState from = saving.from().isEmpty() ? null : FitState.of(saved());
    int own = threads > 0 ? threads : gang.cpus();
    RunReport.Executor executor =
        new RunReport.Executor(host, Blas.name(), own, gang.collective().way());
    long step = from == null ? 0 : from.step();
    String id = gang.workers().get(gang.rank()).executor();
    telling.tell(
        new WorkerMessage.Ready(gang.rank(), step, id, executor, samples.bytes(), Blas.reason()));
    FitPlan plan = FitPlan.of(run, samples.train().spec(), own, storage, root);
    Network network = plan.network();
    boolean watches = gang.rank() == 0 && run.report().layers();
    ShardedSamples looked =
        samples.validation().total() > 0 ? samples.validation() : samples.train();
    Teller teller =
        new Teller(
            gang,
            run,
            saving,
            storage,
            telling,
            watches ? new LayerWatch(network, looked, 0) : null);
    Fit fit =
        new Fit(
            network,
            plan.loss(),
            plan.rule(),
            samples.train(),
            samples.validation(),
            plan.options(),
            gang.collective(),
            teller);
    fit.resumeIfAny(from);
    FitResult result = fit.run(stop);
    boolean over =
        result.ending() != FitResult.Ending.INTERRUPTED
            && result.ending() != FitResult.Ending.PAUSED;
    if (gang.rank() == 0) {
      teller.tellCurve();
    }
    boolean tested = over && tests && samples.test().total() > 0;
    ShardedSamples inspected = tested ? samples.test() : samples.validation();
    Evaluators.Inspection seen =
        over && tests && inspected.total() > 0
            ? Evaluators.inspect(network, plan.loss(), inspected, gang.collective(), own)
            : null;
    Evaluation test = tested && seen != null ? seen.evaluation() : null;
    if (over && gang.rank() == 0) {
      Delivery.deliver(network, run, saving, storage, gang);
    }
    byte[] details = seen == null || gang.rank() > 0 ? null : seen.details().toBytes();
    return new FitOutcome.Brought(result, test, over ? sha256(gang, network) : "", details);
  }

  private static String sha256(GangContext gang, Network network) {
    return gang.rank() == 0 ? Digests.sha256(network.params().values()) : "";
  }

  /**
   * Checks that the folder of checkpoints, into which the driver has just written, is the same seen
   * from here: a checkpoint on a disk of this machine's own would be there for nobody.
   */
  private void checkShared(String host) throws IOException {
    if (saving.sign().isEmpty()) {
      return;
    }
    try {
      storage.open(saving.sign()).close();
    } catch (NoSuchFileException e) {
      String folder = saving.checkpoints();
      throw OutFolder.wrong(
          folder
              + " of the driver is not to be seen on "
              + host
              + ", so no checkpoint could be found again; give a place that all machines see,"
              + " e.g. --out hdfs:/runs/mine, or set train.checkpoint-every=none",
          e);
    }
  }

  /** The checkpoint to go on from; that it has just been replaced is no reason to give up. */
  private Checkpoint saved() throws IOException {
    try {
      return CheckpointStore.read(storage, saving.from());
    } catch (NoSuchFileException e) {
      throw new IOException(
          "train: " + saving.from() + " is gone; an attempt before this one may have saved another",
          e);
    }
  }
}
