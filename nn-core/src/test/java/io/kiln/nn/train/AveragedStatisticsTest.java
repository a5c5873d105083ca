package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.config.Settings;
import io.kiln.nn.layer.BatchNorm;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The running average of the weights is judged with batch statistics that fit it. */
class AveragedStatisticsTest {
  private static final TensorData DATA = points();
  private static final Loss LOSS = new SoftmaxCrossEntropyLoss();
  private static final double DECAY = 0.99;

  /** Points whose class is the greatest of their first three numbers. */
  private static TensorData points() {
    TensorData points = TensorData.random(800, Shape.of(6), 3, DType.FLOAT64);
    for (int i = 0; i < points.size(); i++) {
      points.labels()[i] = Answers.best(points.x(), 2 * i, 3); // rows of 6 seen as two of 3
    }
    return points;
  }

  /** The network after a fit, and its running statistics after each step. */
  private static Network fit(List<double[]> statistics) throws Exception {
    Network network =
        Network.of(
            Model.of(Sequential.of(Dense.of(8), BatchNorm.of(), new Relu(), Dense.of(3))),
            DATA.spec(),
            DType.FLOAT64,
            1);
    // A rate at which the weights, and with them what batch norm sees, go far in a few steps.
    Map<String, Object> optimizer =
        Map.of("type", "sgd", "learning-rate", 0.5, "momentum", 0.9, "average-decay", DECAY);
    FitListener watches =
        new FitListener() {
          @Override
          public void onStep(long step, long all, double loss, int samples) {
            statistics.add(network.params().buffers().toArray());
          }
        };
    new Fit(
            network,
            LOSS,
            ParameterUpdate.Rule.from(Settings.of("optimizer", optimizer)),
            DATA,
            DATA,
            FitOptions.of(3, 20, 3).withShards(2),
            Collective.alone(),
            watches)
        .run();
    return network;
  }

  @Test
  void statisticsAreAveragedAsTheWeightsAre() throws Exception {
    List<double[]> statistics = new ArrayList<>();
    Network network = fit(statistics);
    double[] average = new double[statistics.get(0).length];
    java.util.Arrays.fill(average, 8, 16, 1); // variances begin with 1, means and count with 0
    for (int t = 1; t <= statistics.size(); t++) {
      double decay = Math.min(DECAY, (1.0 + t) / (10 + t));
      for (int i = 0; i < average.length; i++) {
        average[i] = decay * average[i] + (1 - decay) * statistics.get(t - 1)[i];
      }
    }
    assertThat(statistics).hasSize(120);
    assertThat(network.params().buffers().toArray()).containsExactly(average, within(1e-9));
  }

  @Test
  void averagedWeightsDoBetterWithThemThanWithTheLastStatistics() throws Exception {
    List<double[]> statistics = new ArrayList<>();
    Network network = fit(statistics);
    double fitting = new Evaluator(network, LOSS).evaluate(DATA, 0, DATA.size()).loss();
    Tensor buffers = network.params().buffers();
    double[] last = statistics.get(statistics.size() - 1);
    for (int i = 0; i < last.length; i++) {
      buffers.set(i, last[i]);
    }
    double raw = new Evaluator(network, LOSS).evaluate(DATA, 0, DATA.size()).loss();
    System.out.printf("loss of the average: %.4f, with the last statistics %.4f%n", fitting, raw);
    assertThat(fitting).isLessThan(0.9 * raw);
  }
}
