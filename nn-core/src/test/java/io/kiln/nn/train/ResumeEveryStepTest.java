package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.Workers;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Digests;
import io.kiln.nn.layer.BatchNorm;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A fit that is resumed at any step, by any number of workers, gives the bits of one that ran. */
@Timeout(300)
class ResumeEveryStepTest {
  private static final Layer DROPOUT =
      Layers.of(Settings.of("layer", Map.of("type", "dropout", "rate", 0.3)));

  /** What is trained; all of it drawn from one seed. */
  private record Setting(
      TensorData data, boolean sync, Map<String, Object> optimizer, FitOptions options) {
    static Setting of(CounterRng rng) {
      int samples = 30 + rng.integer(0, 40);
      int shards = 1 + rng.integer(1, 5);
      int batch = 3 * shards + rng.integer(2, 12);
      int patience = 1 + rng.integer(3, 3);
      Map<String, Object> optimizer =
          Map.of(
              "type",
              List.of("adam", "momentum", "lamb").get(rng.integer(4, 3)),
              "learning-rate",
              0.02,
              "average-decay",
              rng.integer(5, 3) == 0 ? 0 : 0.9,
              "schedule",
              Map.of("type", List.of("cosine", "plateau", "constant").get(rng.integer(6, 3))));
      return new Setting(
          TensorData.random(samples, Shape.of(5), 3, DType.FLOAT32),
          rng.integer(7, 2) == 0,
          optimizer,
          FitOptions.of(5, batch, 3)
              .withShards(shards)
              .withThreads(2)
              .withStopping(new FitOptions.Stopping(patience, 0, rng.integer(8, 2) == 0))
              .withCheckpoints(new FitOptions.Checkpoints(1, 1)));
    }

    /** Trains on, one of some workers; the hash of the weights and the history without times. */
    Trained train(Collective workers, @Nullable FitState from, List<FitState> saved)
        throws Exception {
      BatchNorm norm = BatchNorm.of().withSync(sync);
      Layer net =
          Sequential.of(Dense.of(6), norm, new Relu(), DROPOUT, Dense.of(4), norm, Dense.of(3));
      Network network =
          Network.of(Model.of(net), data.spec(), DType.FLOAT32, from == null ? 1 : 99);
      FitListener keeps =
          new FitListener() {
            @Override
            public void onCheckpoint(FitState state) {
              saved.add(copy(state));
            }
          };
      Fit fit =
          new Fit(
              network,
              new SoftmaxCrossEntropyLoss(),
              ParameterUpdate.Rule.from(Settings.of("optimizer", optimizer)),
              data,
              data.first(20),
              options,
              workers,
              keeps);
      fit.resumeIfAny(from);
      FitResult result = fit.run();
      return new Trained(
          Digests.sha256(network.params().values()),
          result.bestEpoch(),
          result.steps(),
          result.history().stream().map(Setting::withoutTimes).toList());
    }

    private static EpochRecord withoutTimes(EpochRecord row) {
      return new EpochRecord(
          row.epoch(),
          row.step(),
          row.trainLoss(),
          row.trainAccuracy(),
          row.validationLoss(),
          row.validationAccuracy(),
          row.learningRate(),
          0,
          0);
    }

    /** As it comes back from a file. */
    private static FitState copy(FitState state) {
      FitState shared = FitState.of(state.toCheckpoint(Map.of()));
      java.util.LinkedHashMap<String, io.kiln.nn.tensor.Tensor> optimizer =
          new java.util.LinkedHashMap<>();
      shared.optimizer().forEach((name, tensor) -> optimizer.put(name, tensor.copy()));
      java.util.LinkedHashMap<String, io.kiln.nn.tensor.Tensor> best =
          new java.util.LinkedHashMap<>();
      shared.bestValues().forEach((name, tensor) -> best.put(name, tensor.copy()));
      return new FitState(
          shared.step(),
          shared.epochSums(),
          shared.values().copy(),
          optimizer,
          shared.history(),
          best);
    }
  }

  /** How a fit ended. */
  private record Trained(String sha256, int bestEpoch, long steps, List<EpochRecord> history) {}

  @Test
  void anyStepAndAnyNumberOfWorkersGiveTheSameBits() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ResumeEveryStepTest: -Dseed=" + seed);
    for (int trial = 0; trial < 5; trial++) {
      Setting setting = Setting.of(CounterRng.of(seed, trial));
      List<FitState> saved = new ArrayList<>();
      Trained whole = setting.train(Collective.alone(), null, saved);
      assertThat(saved).as(setting.toString()).hasSize((int) whole.steps());
      for (FitState state : saved) {
        if (state.step() == whole.steps()) {
          break; // there is nothing left to train
        }
        int workers = 1 + (int) (state.step() % 3);
        List<Trained> resumed =
            Workers.run(workers, collective -> setting.train(collective, state, new ArrayList<>()));
        assertThat(resumed)
            .as("%s, resumed after step %d by %d workers", setting, state.step(), workers)
            .containsOnly(whole);
      }
    }
  }

  @Test
  void anyNumberOfWorkersSavesTheSameStates() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ResumeEveryStepTest: -Dseed=" + seed);
    Setting setting = Setting.of(CounterRng.of(seed, 77));
    List<FitState> alone = new ArrayList<>();
    setting.train(Collective.alone(), null, alone);
    List<FitState> three = new ArrayList<>();
    Workers.run(
        3,
        collective ->
            setting.train(collective, null, collective.rank() == 0 ? three : new ArrayList<>()));
    assertThat(three).hasSameSizeAs(alone);
    for (int i = 0; i < alone.size(); i++) {
      assertThat(Digests.sha256(three.get(i).values()))
          .as("%s after step %d", setting, alone.get(i).step())
          .isEqualTo(Digests.sha256(alone.get(i).values()));
      assertThat(three.get(i).epochSums()).isEqualTo(alone.get(i).epochSums());
    }
  }
}
