package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.thread.Crew;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MuonTest {
  private static double wave(int seed, int i) {
    return Math.sin(seed + 1.7 * (i + 1.0) * (i + 1));
  }

  private static Params params(Shape... shapes) {
    List<Params.Declared> declared = new java.util.ArrayList<>();
    for (Shape shape : shapes) {
      Tensor initial = Tensor.zeros(shape, DType.FLOAT64);
      for (int i = 0; i < initial.count(); i++) {
        initial.set(i, wave(1, i));
      }
      declared.add(new Params.Declared("w" + declared.size(), shape, Params.Role.WEIGHT, initial));
    }
    return Params.of(DType.FLOAT64, declared);
  }

  /** Four steps whose gradient is 0.5·w and a wave, as in the reference. */
  private static double[] run(ParameterUpdate.Rule rule, Params params, int threads) {
    Tensor w = params.trainable();
    Tensor gradient = Tensor.zeros(w.shape(), DType.FLOAT64);
    ParameterUpdate update = new ParameterUpdate(rule, params, gradient);
    try (Crew crew = new Crew(threads)) {
      for (int t = 1; t <= 4; t++) {
        for (int i = 0; i < w.count(); i++) {
          gradient.set(i, wave(t, i) + 0.5 * w.get(i));
        }
        update.apply(new Schedule.Position(t - 1, 1, 4), 1, crew);
      }
    }
    return w.toArray();
  }

  private static double digest(double[] x) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += Math.cos(i + 1.0) * x[i];
    }
    return sum;
  }

  /** Numbers of the same steps in numpy, by the formulas of Jordan's post. */
  @ParameterizedTest
  @CsvSource({
    "3, 4, 0.95, true, 5, rows, false, 0.1, -0.6973618077721702",
    "5, 2, 0.95, true, 5, rows, false, 0.1, -1.114463187510708",
    "3, 4, 0.95, false, 5, rms, false, 0, -0.7117443166980341",
    "2, 8, 0.6, true, 3, none, true, 0, -1.1582353436739026"
  })
  void matricesMoveAsInTheFormula(
      int rows,
      int columns,
      double momentum,
      boolean nesterov,
      int iterations,
      String adjust,
      boolean unitRows,
      double decay,
      double expected) {
    ParameterUpdate.Rule rule =
        Rules.of(
            "type",
            "muon",
            "learning-rate",
            0.05,
            "momentum",
            momentum,
            "nesterov",
            nesterov,
            "iterations",
            iterations,
            "adjust",
            adjust,
            "unit-rows",
            unitRows,
            "weight-decay",
            decay);
    Shape shape = columns == 8 ? Shape.of(rows, 2, 2, 2) : Shape.of(rows, columns);
    assertThat(digest(run(rule, params(shape), 1))).isCloseTo(expected, within(1e-12));
  }

  @Test
  void singularValuesComeNearOne() {
    for (int[] size : new int[][] {{6, 40}, {40, 6}, {20, 20}, {1, 5}}) {
      Tensor x = Tensor.zeros(Shape.of(size), DType.FLOAT64);
      CounterRng rng = CounterRng.of(7);
      for (int i = 0; i < x.count(); i++) {
        x.set(i, rng.normal(i));
      }
      NewtonSchulz.orthogonal(Kernels.of(DType.FLOAT64), x, size[0], size[1], 8);
      double square = 0;
      for (double value : x.toArray()) {
        square += value * value;
      }
      assertThat(square / Math.min(size[0], size[1])).as(x.shape().toString()).isBetween(0.5, 1.5);
    }
  }

  @Test
  void whatIsNoMatrixOrPlainIsMovedByTheOther() {
    ParameterUpdate.Rule muon =
        Rules.of(
            "type",
            "muon",
            "learning-rate",
            0.05,
            "others",
            Map.of("type", "adam"),
            "weight-decay",
            0,
            "groups",
            List.of(Map.of("match", "w1", "plain", true)));
    double[] moved = run(muon, params(Shape.of(6), Shape.of(2, 3)), 1);
    ParameterUpdate.Rule adam = Rules.of("type", "adam", "learning-rate", 0.05);
    double[] reference = run(adam, params(Shape.of(6), Shape.of(2, 3)), 1);
    assertThat(moved).containsExactly(reference);
  }

  @Test
  void theBitsAreThoseOfAnyNumberOfThreads() {
    ParameterUpdate.Rule rule = Rules.of("type", "muon", "learning-rate", 0.05);
    Shape[] shapes = {Shape.of(5, 3), Shape.of(4), Shape.of(2, 3, 3, 3), Shape.of(7, 9)};
    double[] alone = run(rule, params(shapes), 1);
    assertThat(run(rule, params(shapes), 2)).containsExactly(alone);
    assertThat(run(rule, params(shapes), 5)).containsExactly(alone);
    assertThat(Arrays.stream(alone).allMatch(Double::isFinite)).isTrue();
  }

  @Test
  void aRuleThatSeesWholeParametersIsNoOther() {
    assertThatThrownBy(() -> Rules.of("type", "muon", "others", Map.of("type", "lars")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "optimizer.others.type: 'lars' came but a rule that moves every number by itself is"
                + " needed, such as sgd or adam");
  }
}
