package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.ArrayDataset;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Against sums done by hand. */
class BaselineTest {
  private static Loss loss(String type) {
    return Losses.of(Settings.of("loss", Map.of("type", type)));
  }

  private static Network network(Dataset data, int outputs) {
    return Network.of(
        Model.of(Sequential.of(List.of(Dense.of(outputs)))), data.spec(), DType.FLOAT32, 1);
  }

  private static Dataset classes(int classes, float... labels) {
    List<String> names = List.of("ant", "bee", "cat").subList(0, classes);
    return ArrayDataset.classification(1, new float[labels.length], labels, classes, names);
  }

  @Test
  void aClassifierIsBesideTheMostFrequentClassOfTheTrainingSet() {
    Dataset train = classes(3, 0, 1, 1, 1, 2, 2, 1, 0);
    Baseline baseline = Baseline.of(network(train, 3), loss("softmax-cross-entropy"), train);
    assertThat(baseline.answer()).isEqualTo("the most frequent class 'bee'");
    Evaluation test = baseline.on(classes(3, 0, 0, 1, 2));
    assertThat(test.accuracy()).isEqualTo(0.25);
    double expected = -(3 * Math.log(2 / 8.0) + Math.log(4 / 8.0)) / 4;
    assertThat(test.loss()).isCloseTo(expected, within(1e-9));
  }

  @Test
  void oneOutputForTwoClassesIsBesideTheMoreFrequentOne() {
    Dataset train = classes(2, 0, 1, 1, 1);
    Dataset test = classes(2, 0, 1);
    Evaluation chance = Baseline.of(network(train, 1), loss("bce"), train).on(test);
    assertThat(chance.accuracy()).isEqualTo(0.5);
    assertThat(chance.loss()).isCloseTo(-(Math.log(0.25) + Math.log(0.75)) / 2, within(1e-9));
    Evaluation hinge = Baseline.of(network(train, 1), loss("binary-hinge"), train).on(test);
    assertThat(hinge.accuracy()).isEqualTo(0.5);
    assertThat(hinge.loss()).isEqualTo(1); // 2 for the wrong one, 0 for the right one
  }

  @Test
  void aRegressionIsBesideTheMeanInItsOwnUnits() {
    TargetScale scale = new TargetScale(1000, 10);
    Dataset train = ArrayDataset.regression(1, new float[2], new float[] {-1, 3}, scale);
    Dataset held = ArrayDataset.regression(1, new float[2], new float[] {0, 2}, scale);
    Baseline baseline = Baseline.of(network(train, 1), loss("mse"), train);
    assertThat(baseline.answer()).isEqualTo("the mean 1010.00");
    Evaluation test = baseline.on(held); // 1000 and 1020
    assertThat(test.rmse()).isEqualTo(10);
    assertThat(test.errors().mae()).isEqualTo(10);
    assertThat(test.loss()).isCloseTo(100, within(1e-9));
    assertThat(test.errors().r2()).isEqualTo(0);
    assertThat(test.accuracy()).isNaN();
  }

  @Test
  void probabilitiesOfOneScoreAreTwoAndThoseOfASoftmaxAreNotTakenTwice() {
    Dataset two = classes(2, 0, 1);
    Tensor scores = Tensor.of(DType.FLOAT64, Shape.of(2, 1), -1, Math.log(3));
    assertThat(Answers.probabilities(network(two, 1), loss("bce"), scores).toArray())
        .containsExactly(
            new double[] {1 / (1 + Math.exp(-1)), 1 / (1 + Math.exp(1)), 0.25, 0.75},
            within(1e-12));
    Tensor shares = Tensor.of(DType.FLOAT64, Shape.of(1, 2), 0.2, 0.8);
    Network network = network(two, 2);
    assertThat(Answers.probabilities(network, loss("cross-entropy"), shares).toArray())
        .containsExactly(0.2, 0.8);
    assertThat(Answers.probabilities(network, loss("softmax-cross-entropy"), shares).toArray()[0])
        .isCloseTo(1 / (1 + Math.exp(0.6)), within(1e-12));
  }

  @Test
  void errorsOfPartsFarFromZeroAddUpToThoseOfTheWhole() {
    double[] numbers = {1e9, 1e9 + 1, 1e9 + 2, 1e9 + 7};
    NumberErrors sum = NumberErrors.NONE;
    for (double number : numbers) {
      sum = sum.plus(new NumberErrors(1, 4, 2, number, 0));
    }
    assertThat(sum.spread()).isCloseTo(29, within(1e-6)); // around 1e9 + 2.5
    assertThat(sum.rmse()).isEqualTo(2);
    assertThat(sum.mae()).isEqualTo(2);
    assertThat(sum.r2()).isCloseTo(1 - 16 / 29.0, within(1e-6));
  }

  @Test
  void countsOfClassesSayTheSameAsTheirSamples() {
    Dataset train = classes(3, 0, 1, 1, 1, 2, 2, 1, 0);
    Dataset test = classes(3, 0, 0, 1, 2);
    for (String type : List.of("softmax-cross-entropy", "multiclass-hinge")) {
      Network network = network(train, 3);
      Baseline counted = Baseline.ofCounts(network, loss(type), new long[] {2, 4, 2});
      same(counted, Baseline.of(network, loss(type), train), new long[] {2, 1, 1}, test);
    }
    Dataset two = classes(2, 0, 1, 1, 1);
    for (String type : List.of("bce", "binary-hinge")) {
      Network network = network(two, 1);
      Baseline counted = Baseline.ofCounts(network, loss(type), new long[] {1, 3});
      Baseline of = Baseline.of(network, loss(type), two);
      same(counted, of, new long[] {2, 1}, classes(2, 0, 1, 0));
    }
    assertThat(Baseline.ofCounts(network(two, 1), loss("mse"), new long[] {1, 3})).isNull();
  }

  private static void same(@Nullable Baseline counted, Baseline seen, long[] counts, Dataset test) {
    assertThat(counted).isNotNull();
    if (counted != null) {
      assertThat(counted.answer()).isEqualTo(seen.answer());
      Evaluation a = counted.onCounts(counts);
      Evaluation b = seen.on(test);
      assertThat(a.loss()).isCloseTo(b.loss(), within(1e-12));
      assertThat(a.answered()).isEqualTo(b.answered());
      assertThat(a.right()).isEqualTo(b.right());
    }
  }
}
