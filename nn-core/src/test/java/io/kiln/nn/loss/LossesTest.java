package io.kiln.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Means against the formulas worked out by hand. */
class LossesTest {
  private static final Tensor SCORES =
      Tensor.of(DType.FLOAT64, Shape.of(2, 3), 1, 2, 0.5, -1, 0.25, 3);
  private static final Tensor LABELS = Tensor.of(DType.FLOAT64, Shape.of(2), 1, 0);

  @Test
  void softmaxCrossEntropyIsTheMeanOfLogSumMinusScore() {
    double first = logSum(1, 2, 0.5) - 2;
    double second = logSum(-1, 0.25, 3) + 1;
    assertThat(mean(loss("softmax-cross-entropy"), SCORES, LABELS))
        .isCloseTo((first + second) / 2, within(1e-12));
  }

  @Test
  void classWeightsGiveAWeightedMeanAndSmoothingSpreadsTheTarget() {
    Loss loss =
        loss("softmax-cross-entropy", "class-weights", List.of(3, 0.5, 2), "label-smoothing", 0.3);
    double a = logSum(1, 2, 0.5);
    double b = logSum(-1, 0.25, 3);
    double sum =
        0.7 * 0.5 * (a - 2)
            + 0.1 * (3 * (a - 1) + 0.5 * (a - 2) + 2 * (a - 0.5))
            + 0.7 * 3 * (b + 1)
            + 0.1 * (3 * (b + 1) + 0.5 * (b - 0.25) + 2 * (b - 3));
    assertThat(mean(loss, SCORES, LABELS)).isCloseTo(sum / 3.5, within(1e-12));
  }

  @Test
  void distributionsAsTargetsAreAveragedOverRows() {
    Tensor shares = Tensor.of(DType.FLOAT64, Shape.of(2, 3), 0, 1, 0, 1, 0, 0);
    assertThat(mean(loss("softmax-cross-entropy", "targets", "probabilities"), SCORES, shares))
        .isCloseTo(mean(loss("softmax-cross-entropy"), SCORES, LABELS), within(1e-12));
  }

  @Test
  void ignoredTargetsAreNotInTheMean() {
    Tensor labels = Tensor.of(DType.FLOAT64, Shape.of(2), 1, -1);
    assertThat(mean(loss("softmax-cross-entropy"), SCORES, labels))
        .isCloseTo(logSum(1, 2, 0.5) - 2, within(1e-12));
  }

  @Test
  void scoresOfEveryPlaceOfASequenceAreRows() {
    Tensor labels = LABELS.reshape(Shape.of(1, 2));
    assertThat(mean(loss("softmax-cross-entropy"), SCORES.reshape(Shape.of(1, 2, 3)), labels))
        .isCloseTo(mean(loss("softmax-cross-entropy"), SCORES, LABELS), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void softmaxCrossEntropyIsExactAtAThousand(double smoothing) {
    Tape tape = new Tape(DType.FLOAT32);
    Var scores = tape.variable(Tensor.of(DType.FLOAT32, Shape.of(1, 2), 1000, -1000));
    Var target = tape.constant(Tensor.of(DType.FLOAT32, Shape.of(1), 1));
    Var sum = loss("softmax-cross-entropy", "label-smoothing", smoothing).sum(scores, target);
    tape.forward();
    tape.backward(sum);
    assertThat(sum.value().get(0)).isCloseTo(2000 * (1 - smoothing / 2), within(1e-3));
    assertThat(scores.grad().get(0)).isCloseTo(1 - smoothing / 2, within(1e-6));
    assertThat(scores.grad().get(1)).isCloseTo(smoothing / 2 - 1, within(1e-6));
  }

  @Test
  void crossEntropyTakesProbabilities() {
    Tensor p = Tensor.of(DType.FLOAT64, Shape.of(2, 2), 0.25, 0.75, 1, 0);
    Tensor labels = Tensor.of(DType.FLOAT64, Shape.of(2), 1, 0);
    assertThat(mean(loss("cross-entropy"), p, labels))
        .isCloseTo(-Math.log(0.75) / 2, within(1e-12));
  }

  @Test
  void crossEntropyOfScoresSaysWhatToUse() {
    assertThatThrownBy(() -> mean(loss("cross-entropy"), SCORES, LABELS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cross-entropy: x is 2.0 in row 0 but probabilities from 0 to 1 are needed; end the"
                + " network with softmax, or use softmax-cross-entropy, which takes scores");
  }

  @Test
  void meanSquaredErrorIsOverOutputsOrSamplesAndMayBeHalved() {
    Tensor x = Tensor.of(DType.FLOAT64, Shape.of(2, 2), 1, 2, 3, 4);
    Tensor t = Tensor.of(DType.FLOAT64, Shape.of(2, 2), 0, 0, 3, 6);
    assertThat(mean(loss("mse"), x, t)).isEqualTo(9.0 / 4);
    assertThat(mean(loss("mse", "half", true), x, t)).isEqualTo(9.0 / 8);
    assertThat(mean(loss("mse", "half", true, "mean-over", "samples"), x, t)).isEqualTo(9.0 / 4);
  }

  @Test
  void numbersAsTargetsFitAColumnOfOutputs() {
    Tensor x = Tensor.of(DType.FLOAT64, Shape.of(2, 1), 1, 2);
    Tensor t = Tensor.of(DType.FLOAT64, Shape.of(2), 0, 4);
    assertThat(mean(loss("mean-squared-error"), x, t)).isEqualTo(2.5);
    assertThat(mean(loss("l1"), x, t)).isEqualTo(1.5);
  }

  @Test
  void huberGoesOverIntoLines() {
    Tensor x = Tensor.of(DType.FLOAT64, Shape.of(2), 0.5, -3);
    Tensor t = Tensor.zeros(Shape.of(2), DType.FLOAT64);
    assertThat(mean(loss("huber", "delta", 2), x, t)).isEqualTo((0.125 + 2 * (3 - 1)) / 2);
    assertThat(mean(loss("smooth-l1", "beta", 2), x, t)).isEqualTo((0.0625 + (3 - 1)) / 2);
  }

  @Test
  void binaryCrossEntropyTakesScoresOfAnySize() {
    Tensor x = Tensor.of(DType.FLOAT64, Shape.of(4), 0.5, -0.5, 1000, -1000);
    Tensor t = Tensor.of(DType.FLOAT64, Shape.of(4), 1, 0, 1, 1);
    double log = Math.log1p(Math.exp(-0.5));
    assertThat(mean(loss("bce"), x, t)).isCloseTo((log + log + 0 + 1000) / 4, within(1e-12));
    assertThat(mean(loss("bce", "positive-weight", 3), x, t))
        .isCloseTo((3 * log + log + 0 + 3000) / 4, within(1e-12));
  }

  @Test
  void hingesCountWhatIsWithinTheMargin() {
    assertThat(mean(loss("svm"), SCORES, LABELS))
        .isCloseTo((0 + 0 + (0.25 + 1 + 1) + (3 + 1 + 1)) / 2, within(1e-12));
    Tensor x = Tensor.of(DType.FLOAT64, Shape.of(3), 0.5, -2, 3);
    Tensor t = Tensor.of(DType.FLOAT64, Shape.of(3), 1, 0, -1);
    assertThat(mean(loss("binary-hinge"), x, t)).isEqualTo((0.5 + 0 + 4) / 3);
  }

  @Test
  void gramNormsAreThoseOfTheCourseAndOfThePaper() {
    Tape tape = new Tape(DType.FLOAT64);
    Var x = tape.constant(Tensor.of(DType.FLOAT64, Shape.of(1, 2, 1, 2), 1, 2, 3, 4));
    Var size = ImageLosses.gram(ImageLosses.GramNorm.SIZE, x);
    Var zero = tape.constant(Tensor.zeros(Shape.of(1, 2, 2), DType.FLOAT64));
    Var gatys = ImageLosses.style(1, ImageLosses.GramNorm.GATYS, x, zero);
    tape.forward();
    assertThat(size.value().toArray()).containsExactly(5.0 / 4, 11.0 / 4, 11.0 / 4, 25.0 / 4);
    double squares = 5 * 5 + 2 * 11 * 11 + 25 * 25;
    assertThat(gatys.value().get(0)).isCloseTo(squares / (4 * 2 * 2 * 2 * 2), within(1e-12));
  }

  @Test
  void totalVariationAddsBothDirections() {
    Tape tape = new Tape(DType.FLOAT64);
    Var x = tape.constant(Tensor.of(DType.FLOAT64, Shape.of(1, 1, 2, 2), 1, 2, 4, 8));
    Var loss = ImageLosses.totalVariation(0.5, x);
    tape.forward();
    assertThat(loss.value().get(0)).isEqualTo(0.5 * (1 + 16 + 9 + 36));
  }

  @Test
  void distributionsWithoutTheSettingAreRefused() {
    assertThatThrownBy(() -> mean(loss("softmax-cross-entropy"), SCORES, SCORES))
        .hasMessage(
            "loss: target is [2, 3] but the output is [2, 3]; give one class index a row, or set"
                + " targets: probabilities for distributions");
  }

  @Test
  void targetsOfAnotherShapeAreRefused() {
    assertThatThrownBy(() -> mean(loss("mse"), SCORES, LABELS))
        .hasMessage("loss: target is [2] but x is [2, 3]; give one target an output");
  }

  @Test
  void anUnknownLossNamesTheNearest() {
    assertThatThrownBy(() -> loss("softmax-crossentropy"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean softmax-cross-entropy");
  }

  private static double logSum(double... scores) {
    double sum = 0;
    for (double score : scores) {
      sum += Math.exp(score);
    }
    return Math.log(sum);
  }

  private static Loss loss(String type, Object... settings) {
    Map<String, Object> section = new LinkedHashMap<>(Map.of("type", type));
    for (int i = 0; i < settings.length; i += 2) {
      section.put((String) settings[i], settings[i + 1]);
    }
    return Losses.of(Settings.of("loss", section));
  }

  private static double mean(Loss loss, Tensor output, Tensor target) {
    Tape tape = new Tape(DType.FLOAT64);
    Var sum = loss.sum(tape.constant(output), tape.constant(target));
    tape.forward();
    return sum.value().get(0) / loss.weight(target);
  }
}
