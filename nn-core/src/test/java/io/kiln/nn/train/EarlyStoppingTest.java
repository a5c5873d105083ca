package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.ArrayDataset;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.MeanSquaredErrorLoss;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
  private static final FitOptions PATIENT =
      FitOptions.of(30, 8, 1)
          .withStopping(new FitOptions.Stopping(2, 0, true))
          .withCheckpoints(new FitOptions.Checkpoints(0, 1)); // saves after each epoch
  private static final TensorData DATA = TensorData.random(32, Shape.of(3), 2, DType.FLOAT64);

  private static EpochRecord epoch(int number, double loss) {
    return new EpochRecord(number, number, 1, 0.5, loss, 0.5, 0.1, 1, 1);
  }

  private static Tensor values(double value) {
    return Tensor.of(DType.FLOAT64, Shape.of(1), value);
  }

  @Test
  void aMetricThatIsNoNumberIsNeverTheBest() {
    Tensor values = values(0);
    EarlyStopping stopping = new EarlyStopping(PATIENT, values);
    double[] losses = {3, 2, Double.NaN, Double.NaN};
    for (int i = 0; i < losses.length; i++) {
      values.set(0, i + 1);
      stopping.add(epoch(i + 1, losses[i]));
      assertThat(stopping.isOver(i + 1)).isEqualTo(i == 3);
    }
    assertThat(stopping.restore()).isEqualTo(2);
    assertThat(values.get(0)).isEqualTo(2);
  }

  @Test
  void numbersThatNeverComeEndTheFitWithTheLastWeights() {
    Tensor values = values(7);
    EarlyStopping stopping = new EarlyStopping(PATIENT, values);
    stopping.add(epoch(1, Double.NaN));
    assertThat(stopping.isOver(1)).isFalse();
    stopping.add(epoch(2, Double.NaN));
    assertThat(stopping.isOver(2)).isTrue();
    assertThat(stopping.restore()).isEqualTo(2);
    assertThat(values.get(0)).isEqualTo(7);
  }

  @Test
  void accuracyOfOutputsThatAreNoNumbersIsNoMerit() {
    Tensor values = values(1);
    FitOptions accuracy =
        FitOptions.of(30, 8, 1)
            .withStopping(new FitOptions.Stopping(2, 0, false))
            .withCheckpoints(new FitOptions.Checkpoints(0, 1));
    EarlyStopping stopping = new EarlyStopping(accuracy, values);
    stopping.add(new EpochRecord(1, 1, 1, 0.5, 0.7, 0.6, 0.1, 1, 1));
    values.set(0, 2);
    stopping.add(new EpochRecord(2, 2, 1, 0.5, Double.NaN, 0.9, 0.1, 1, 1)); // all said class 0
    assertThat(stopping.restore()).isEqualTo(1);
    assertThat(values.get(0)).isEqualTo(1);
  }

  /** After a resume with other settings, weights of one epoch never come back as another's. */
  @Test
  void weightsThatWereTheBestForOtherSettingsDoNotComeBack() {
    Tensor values = values(0);
    EarlyStopping byLoss = new EarlyStopping(PATIENT, values);
    double[] losses = {3, 2, 4};
    List<EpochRecord> history = new ArrayList<>();
    for (int i = 0; i < losses.length; i++) {
      values.set(0, i + 1);
      history.add(new EpochRecord(i + 1, i + 1, 1, 0.5, losses[i], 0.5 + 0.1 * i, 0.1, 1, 1));
      byLoss.add(history.get(i));
    }
    FitState state =
        FitState.of(
            new FitState(3, new double[5], values, Map.of(), history, byLoss.saved())
                .toCheckpoint(Map.of()));

    FitOptions byAccuracy =
        FitOptions.of(30, 8, 1)
            .withStopping(new FitOptions.Stopping(2, 0, false))
            .withCheckpoints(new FitOptions.Checkpoints(0, 1));
    FitOptions toTheEnd =
        FitOptions.of(30, 8, 1)
            .withStopping(new FitOptions.Stopping(0, 0, true))
            .withCheckpoints(new FitOptions.Checkpoints(0, 1));
    assertThat(afterResume(state, PATIENT)).containsExactly(2, 2);
    assertThat(afterResume(state, byAccuracy)).containsExactly(3, 9);
    assertThat(afterResume(state, toTheEnd)).containsExactly(3, 9);
  }

  /** The epoch that weights are said to be of, and the weights; the last ones are 9. */
  private static double[] afterResume(FitState state, FitOptions options) {
    Tensor values = values(9);
    EarlyStopping stopping = new EarlyStopping(options, values);
    stopping.resume(state);
    return new double[] {stopping.restore(), values.get(0)};
  }

  private static Network network() {
    return Network.of(Model.of(Sequential.of(List.of(Dense.of(2)))), DATA.spec(), DType.FLOAT64, 1);
  }

  private static Fit fit(Network network, double rate, FitOptions options, FitListener listener) {
    Map<String, Object> optimizer = Map.of("type", "sgd", "learning-rate", rate);
    return new Fit(
        network,
        new SoftmaxCrossEntropyLoss(),
        ParameterUpdate.Rule.from(Settings.of("optimizer", optimizer)),
        DATA,
        DATA.first(8),
        options,
        Collective.alone(),
        listener);
  }

  @Test
  void whoeverGoesOnFromTheStopsOwnCheckpointTrainsNoFurtherEpoch() throws IOException {
    List<FitState> saved = new ArrayList<>();
    FitListener keep =
        new FitListener() {
          @Override
          public void onCheckpoint(FitState state) {
            saved.add(FitState.of(state.toCheckpoint(Map.of())));
          }
        };
    Network network = network();
    // A rate of 0 gets no better after the first epoch.
    FitResult first = fit(network, 0, PATIENT, keep).run();
    assertThat(first.ending()).isEqualTo(FitResult.Ending.STOPPED_EARLY);
    assertThat(first.history()).hasSize(3);
    FitState last = saved.get(saved.size() - 1);
    assertThat(last.history()).hasSize(3);
    Network resumed = network();
    Fit again = fit(resumed, 0, PATIENT, keep);
    again.resume(last);
    FitResult second = again.run();
    assertThat(second.ending()).isEqualTo(FitResult.Ending.STOPPED_EARLY);
    assertThat(second.history()).hasSize(3);
    assertThat(second.steps()).isEqualTo(first.steps());
    assertThat(second.bestEpoch()).isEqualTo(first.bestEpoch()).isEqualTo(1);
    assertThat(resumed.params().values().toArray()).isEqualTo(network.params().values().toArray());
  }

  /**
   * Numbers so large that the last update leaves the finite ones, after its loss was worked out.
   */
  @Test
  void weightsThatLeaveTheNumbersInTheVeryLastStepAreNotASuccess() {
    Dataset far = ArrayDataset.regression(1, new float[] {1e30f}, new float[] {1e3f});
    Network network =
        Network.of(Model.of(Sequential.of(List.of(Dense.of(1)))), far.spec(), DType.FLOAT32, 1);
    network.params().values().fill(0);
    Map<String, Object> optimizer = Map.of("type", "sgd", "learning-rate", 1e9);
    Fit fit =
        new Fit(
            network,
            new MeanSquaredErrorLoss(false, false),
            ParameterUpdate.Rule.from(Settings.of("optimizer", optimizer)),
            far,
            new Nothing(far.spec()),
            FitOptions.of(1, 1, 1),
            Collective.alone(),
            new FitListener() {});
    assertThatThrownBy(fit::run)
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("the weights are no longer finite after step 1");
  }

  private record Nothing(SampleSpec spec) implements Dataset {
    @Override
    public int size() {
      return 0;
    }

    @Override
    public void read(int index, Batch batch, int row) {
      throw new IllegalArgumentException("there are no samples");
    }
  }

  @Test
  void anEpochOfAnOlderCheckpointHasNoAccuracyRatherThanAWrongOne() throws IOException {
    FitOptions options = FitOptions.of(1, 8, 1);
    List<FitState> saved = new ArrayList<>();
    FitListener stop =
        new FitListener() {
          private long step;

          @Override
          public void onStep(long done, long all, double loss, int samples) {
            step = done;
          }

          @Override
          public boolean stopRequested() {
            return step >= 1;
          }

          @Override
          public void onCheckpoint(FitState state) {
            saved.add(FitState.of(state.toCheckpoint(Map.of())));
          }
        };
    fit(network(), 0.1, options, stop).run();
    FitState now = saved.get(0);
    FitState older =
        new FitState(
            now.step(),
            java.util.Arrays.copyOf(now.epochSums(), 4),
            now.values(),
            now.optimizer(),
            now.history(),
            now.bestValues());
    Fit fit = fit(network(), 0.1, options, new FitListener() {});
    fit.resume(older);
    EpochRecord epoch = fit.run().history().get(0);
    assertThat(epoch.trainAccuracy()).isNaN();
    assertThat(epoch.trainLoss()).isPositive();
  }
}
