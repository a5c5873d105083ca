package io.kiln.spark.fit;

import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.train.FitOptions;
import io.kiln.nn.zoo.Models;
import io.kiln.spark.config.EarlyStopping;
import io.kiln.spark.config.Interval;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.util.Map;

/**
 * A configuration turned into what the network library trains.
 *
 * @param network with its initial values
 * @param loss what is made small
 * @param rule how parameters move
 * @param options how long, in what portions
 * @param lossSection what the loss was made of
 */
public record FitPlan(
    Network network,
    Loss loss,
    ParameterUpdate.Rule rule,
    FitOptions options,
    Map<String, Object> lossSection) {
  /**
   * Reads a configuration for samples.
   *
   * @param spec shapes of one sample
   * @param threads of each worker
   * @param storage where pretrained weights are
   * @param root folder that their path is below
   * @throws io.kiln.nn.config.ConfigException if a setting cannot be used
   * @throws IOException if pretrained weights cannot be read
   */
  public static FitPlan of(
      RunConfig config, SampleSpec spec, int threads, HadoopStorage storage, String root)
      throws IOException {
    Network network =
        Models.network(
            config.modelSettings(),
            spec,
            config.train().precision(),
            config.train().seed(),
            storage,
            root);
    return new FitPlan(
        network,
        Losses.of(config.lossSettings()),
        ParameterUpdate.Rule.from(config.optimizerSettings()),
        options(config, threads),
        config.lossSettings().values());
  }

  private static FitOptions options(RunConfig config, int threads) {
    EarlyStopping early = config.train().earlyStopping();
    Interval save = config.train().checkpointEvery();
    return FitOptions.of(config.train().epochs(), config.train().batchSize(), config.train().seed())
        .withShards(config.shards())
        .withThreads(threads)
        .withStopping(
            new FitOptions.Stopping(
                early == null ? 0 : early.patience(),
                early == null ? 0 : early.minDelta(),
                early != null && early.metric().endsWith("loss")))
        .withCheckpoints(
            new FitOptions.Checkpoints(
                save.unit() == Interval.Unit.STEP ? save.count() : 0,
                save.unit() == Interval.Unit.EPOCH ? save.count() : 0));
  }
}
