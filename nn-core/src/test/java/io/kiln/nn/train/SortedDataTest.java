package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.SampleOrder;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.Subset;
import io.kiln.nn.layer.BatchNorm;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples that stand class by class train as the same ones shuffled do. */
class SortedDataTest {
  private static final int CLASSES = 4;
  private static final int TRAIN = 2000;
  private static final TensorData POINTS = points(TRAIN + 1000);

  /** Gaussian points around four corners of a cube of ten dimensions, class by class in turn. */
  private static TensorData points(int n) {
    CounterRng rng = CounterRng.of(7);
    Tensor x = Tensor.zeros(Shape.of(n, 10), DType.FLOAT32);
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % CLASSES;
      for (int j = 0; j < 10; j++) {
        double corner = 0.45 * (rng.fork(labels[i]).uniform(j) < 0.5 ? -1 : 1);
        x.set(10 * i + j, 5 + corner + rng.fork(99).normal(10L * i + j));
      }
    }
    return new TensorData(SampleSpec.classification(Shape.of(10), CLASSES), x, labels);
  }

  private static Dataset sorted() {
    int[] indices = new int[TRAIN];
    for (int i = 0; i < TRAIN; i++) {
      int position = i % (TRAIN / CLASSES);
      indices[i] = position * CLASSES + i / (TRAIN / CLASSES);
    }
    return Subset.of(POINTS, indices);
  }

  private static Dataset shuffled(long seed) {
    int[] indices = new int[TRAIN];
    SampleOrder.of(seed, 0, 0, TRAIN).fill(0, TRAIN, indices, 0);
    return Subset.of(POINTS, indices);
  }

  private static double accuracy(Dataset train, int shards) throws IOException {
    Network network =
        Network.of(
            Model.of(Sequential.of(Dense.of(32), BatchNorm.of(), new Relu(), Dense.of(CLASSES))),
            POINTS.spec(),
            DType.FLOAT32,
            1);
    ParameterUpdate.Rule rule =
        ParameterUpdate.Rule.from(
            Settings.of("optimizer", Map.of("type", "adam", "learning-rate", 0.005)));
    new Fit(
            network,
            new SoftmaxCrossEntropyLoss(),
            rule,
            train,
            Subset.none(POINTS),
            FitOptions.of(6, 64, 1).withShards(shards),
            Collective.alone(),
            new FitListener() {})
        .run();
    return new Evaluator(network, new SoftmaxCrossEntropyLoss())
        .evaluate(POINTS, TRAIN, POINTS.size())
        .accuracy();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void batchNormLearnsAsMuchFromSortedSamples(int shards) throws IOException {
    double sorted = accuracy(sorted(), shards);
    double shuffled = accuracy(shuffled(3), shards);
    double again = accuracy(shuffled(4), shards);
    System.out.printf(
        "V = %d: sorted %.3f, shuffled %.3f and %.3f; chance 0.25%n",
        shards, sorted, shuffled, again);
    // 1000 points: one standard deviation is 0.014, and that of a difference 0.02.
    assertThat(Math.min(shuffled, again)).isGreaterThan(0.6);
    assertThat(sorted).isGreaterThan(Math.min(shuffled, again) - 0.06);
  }

  @Test
  void sortedPointsAreWhatTheySayTheyAre() {
    Dataset sorted = sorted();
    io.kiln.nn.data.Batch batch = io.kiln.nn.data.Batch.of(POINTS.spec(), 1, DType.FLOAT32);
    for (int i = 0; i < TRAIN; i++) {
      sorted.read(i, batch, 0);
      assertThat((int) batch.target().get(0)).isEqualTo(i / (TRAIN / CLASSES));
    }
  }
}
