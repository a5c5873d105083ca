package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.DataSources;
import io.kiln.nn.data.Splits;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.zoo.Models;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FitTest {
  private static Splits data;

  @BeforeAll
  static void drawDigits() throws IOException {
    Settings settings =
        Settings.of(
            "data", Map.of("format", "synthetic", "train", 1200, "test", 300, "validation", 200));
    data = DataSources.load(settings, new LocalStorage(), "");
  }

  private static Network network(long seed) {
    Settings model = Settings.of("model", Map.of("type", "mlp", "hidden", List.of(32)));
    return Network.of(
        Models.from(model, data.train().spec()), data.train().spec(), DType.FLOAT32, seed);
  }

  private static ParameterUpdate.Rule rule(String type, double rate) {
    Map<String, Object> settings = Map.of("type", type, "learning-rate", rate);
    return ParameterUpdate.Rule.from(Settings.of("optimizer", settings));
  }

  private static FitOptions options(int epochs, int shards, int threads) {
    return FitOptions.of(epochs, 50, 3).withShards(shards).withThreads(threads);
  }

  private static Fit fit(Network network, FitOptions options, FitListener listener) {
    return new Fit(
        network,
        new SoftmaxCrossEntropyLoss(),
        rule("adam", 0.003),
        data.train(),
        data.validation(),
        options,
        Collective.alone(),
        listener);
  }

  private static String hash(Network network) {
    return Digests.sha256(network.params().values());
  }

  private static final FitListener QUIET = new FitListener() {};

  @Test
  void learnsDigits() throws IOException {
    Network network = network(1);
    FitResult result = fit(network, options(8, 1, 1), QUIET).run();
    assertThat(result.history()).hasSize(8);
    assertThat(result.history().get(7).trainLoss())
        .isLessThan(result.history().get(0).trainLoss() / 2);
    Evaluation test =
        new Evaluator(network, new SoftmaxCrossEntropyLoss()).evaluate(data.test(), 0, 300);
    assertThat(test.accuracy()).isGreaterThan(0.75);
    assertThat(test.answered()).isEqualTo(300);
  }

  @Test
  void threadsDoNotChangeTheWeights() throws IOException {
    Network one = network(1);
    fit(one, options(2, 4, 1), QUIET).run();
    Network two = network(1);
    fit(two, options(2, 4, 2), QUIET).run();
    assertThat(hash(two)).isEqualTo(hash(one));
  }

  @Test
  void seedsDecideTheWeights() {
    assertThat(hash(network(1))).isEqualTo(hash(network(1))).isNotEqualTo(hash(network(2)));
  }

  @Test
  void resumingInsideAnEpochGivesTheSameWeights() throws IOException {
    Network whole = network(1);
    FitResult expected = fit(whole, options(3, 2, 1), QUIET).run();
    List<FitState> saved = new ArrayList<>();
    FitListener stopAtStep30 =
        new FitListener() {
          private long step;

          @Override
          public void onStep(long done, long all, double loss, int samples) {
            step = done;
          }

          @Override
          public boolean stopRequested() {
            return step >= 29;
          }

          @Override
          public void onCheckpoint(FitState state) {
            saved.add(FitState.of(state.toCheckpoint(Map.of())));
          }
        };
    Network cut = network(1);
    FitResult first = fit(cut, options(3, 2, 1), stopAtStep30).run();
    assertThat(first.ending()).isEqualTo(FitResult.Ending.INTERRUPTED);
    assertThat(first.steps()).isEqualTo(30);
    Network resumed = network(9);
    Fit rest = fit(resumed, options(3, 2, 1), QUIET);
    rest.resume(saved.get(0));
    FitResult result = rest.run();
    assertThat(hash(resumed)).isEqualTo(hash(whole));
    assertThat(result.history().get(1).trainLoss())
        .isEqualTo(expected.history().get(1).trainLoss());
    assertThat(result.history()).hasSize(3);
  }

  @Test
  void aLossThatIsNoNumberStopsTheFitAtThatStep() {
    Fit fit =
        new Fit(
            network(1),
            new SoftmaxCrossEntropyLoss(),
            rule("sgd", 1e30),
            data.train(),
            data.validation(),
            options(2, 1, 1),
            Collective.alone(),
            QUIET);
    assertThatThrownBy(fit::run)
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("the loss is")
        .hasMessageContaining("learning-rate");
  }

  @Test
  void earlyStoppingKeepsTheBestEpoch() throws IOException {
    Network network = network(1);
    FitOptions patient =
        FitOptions.of(60, 50, 3).withStopping(new FitOptions.Stopping(2, 0, false));
    FitResult result = fit(network, patient, QUIET).run();
    assertThat(result.ending()).isEqualTo(FitResult.Ending.STOPPED_EARLY);
    assertThat(result.history()).hasSize(result.bestEpoch() + 2);
    double best = result.history().get(result.bestEpoch() - 1).validationAccuracy();
    assertThat(result.history()).allMatch(epoch -> epoch.validationAccuracy() <= best);
    Evaluation held =
        new Evaluator(network, new SoftmaxCrossEntropyLoss())
            .evaluate(data.validation(), 0, data.validation().size());
    assertThat(held.accuracy()).isEqualTo(best);
  }

  @Test
  void gradientDescentTakesOneStepAnEpoch() throws IOException {
    Map<String, ?> optimizer = Map.of("type", "gradient-descent", "learning-rate", 0.1);
    assertThat(fit(network(1), optimizer, options(4, 1, 1), QUIET).run().steps()).isEqualTo(4);
  }

  @Test
  void aPlateauLowersTheRateAndAResumedFitGoesOnAlike() throws IOException {
    Map<String, ?> optimizer =
        Map.of(
            "learning-rate",
            0.1,
            "average-decay",
            0.9,
            "schedule",
            Map.of("type", "plateau", "patience", 0, "threshold", 0.9, "decay", 0.5));
    List<FitState> saved = new ArrayList<>();
    FitListener keep =
        new FitListener() {
          @Override
          public void onCheckpoint(FitState state) {
            Map<String, Tensor> optimizer = new LinkedHashMap<>();
            state.optimizer().forEach((name, tensor) -> optimizer.put(name, tensor.copy()));
            saved.add(
                new FitState(
                    state.step(),
                    state.epochSums(),
                    state.values().copy(),
                    optimizer,
                    state.history(),
                    state.bestValues()));
          }
        };
    Network whole = network(1);
    FitOptions each = FitOptions.of(4, 50, 3).withCheckpoints(new FitOptions.Checkpoints(0, 2));
    Fit first = fit(whole, optimizer, each, keep);
    List<EpochRecord> history = first.run().history();
    assertThat(history.get(3).learningRate()).isLessThan(history.get(0).learningRate());
    Network resumed = network(2);
    Fit second = fit(resumed, optimizer, each, QUIET);
    second.resume(saved.get(0));
    second.run();
    assertThat(hash(resumed)).isEqualTo(hash(whole));
  }

  private static Fit fit(
      Network network, Map<String, ?> optimizer, FitOptions options, FitListener listener) {
    return new Fit(
        network,
        new SoftmaxCrossEntropyLoss(),
        ParameterUpdate.Rule.from(Settings.of("optimizer", optimizer)),
        data.train(),
        data.validation(),
        options,
        Collective.alone(),
        listener);
  }
}
