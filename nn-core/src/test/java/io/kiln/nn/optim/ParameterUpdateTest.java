package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterUpdateTest {
  private static final String[] ALL = {
    "sgd",
    "gradient-descent",
    "momentum",
    "nesterov",
    "ada-grad",
    "rms-prop",
    "adam",
    "adam-w",
    "adamax",
    "nadam",
    "lion",
    "lars",
    "lamb",
    "lbfgs-steps",
    "adadelta",
    "ftrl",
    "muon"
  };

  @Test
  void allOptimizersAreTested() {
    assertThat(Optimizers.names()).containsExactlyInAnyOrder(ALL);
  }

  @Test
  void groupsHaveTheirOwnRateAndDecay() {
    Params params = threeParameters();
    double[] before = params.trainable().toArray();
    Tensor gradient = Tensor.zeros(params.trainable().shape(), DType.FLOAT64);
    ParameterUpdate.Rule rule =
        Rules.of(
            "learning-rate",
            0.1,
            "weight-decay",
            0.5,
            "groups",
            List.of(
                Map.of("match", "body.*", "rate-factor", 0.1, "weight-decay", 0),
                Map.of("match", "head.weight", "rate-factor", 2)));
    gradient.fill(1);
    new ParameterUpdate(rule, params, gradient).apply(first(), 1);
    double[] after = params.trainable().toArray();
    assertThat(after[0]).isCloseTo(before[0] - 0.01, within(1e-12));
    assertThat(after[1]).isCloseTo(before[1] - 0.2 * (1 + 0.5 * before[1]), within(1e-12));
    assertThat(after[2]).isCloseTo(before[2] - 0.1, within(1e-12));
  }

  @Test
  void aGroupThatMatchesNothingIsRefused() {
    ParameterUpdate.Rule rule = Rules.of("groups", List.of(Map.of("match", "boddy.*")));
    assertThatThrownBy(() -> update(rule, threeParameters()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "optimizer.groups[0].match: 'boddy.*' matches no trainable parameter that an earlier"
                + " group does not; there are [body.weight, head.weight, head.bias]");
  }

  @Test
  void decayAndRatiosLeaveBiasesAlone() {
    for (String type : List.of("sgd", "lars", "lamb")) {
      Params params =
          Params.of(
              DType.FLOAT64, List.of(Rules.declared("b", DType.FLOAT64, 1, Params.Role.BIAS)));
      double before = params.trainable().get(0);
      Tensor gradient = Tensor.of(DType.FLOAT64, Shape.of(1), 1);
      ParameterUpdate.Rule rule =
          Rules.of("type", type, "learning-rate", 0.1, "weight-decay", 0.5, "l1-decay", 0.5);
      new ParameterUpdate(rule, params, gradient).apply(first(), 1);
      assertThat(params.trainable().get(0)).isCloseTo(before - 0.1, within(1e-6));
    }
  }

  @Test
  void globalNormIsLimitedOverAllParameters() {
    Params params = threeParameters();
    double[] before = params.trainable().toArray();
    Tensor gradient = Tensor.of(DType.FLOAT64, Shape.of(3), 4, 8, 16);
    ParameterUpdate.Rule rule = Rules.of("learning-rate", 1, "clip-norm", 1);
    double norm = new ParameterUpdate(rule, params, gradient).apply(first(), 2);
    double expected = Math.sqrt(4 + 16 + 64);
    assertThat(norm).isCloseTo(expected, within(1e-12));
    assertThat(params.trainable().get(2)).isCloseTo(before[2] - 8 / expected, within(1e-12));
  }

  @Test
  void averageFollowsTheParametersAndCanTakeTheirPlace() {
    Params params = Rules.params(DType.FLOAT64, 1);
    Tensor gradient = Tensor.zeros(Shape.of(1), DType.FLOAT64);
    ParameterUpdate update =
        new ParameterUpdate(Rules.of("learning-rate", 1, "average-decay", 0.9), params, gradient);
    double w = params.trainable().get(0);
    double average = w;
    for (int t = 1; t <= 100; t++) {
      gradient.set(0, 0.1);
      update.apply(new Schedule.Position(t - 1, 1, 100), 1);
      w -= 0.1;
      double decay = Math.min(0.9, (1.0 + t) / (10 + t));
      average = decay * average + (1 - decay) * w;
    }
    assertThat(params.trainable().get(0)).isCloseTo(w, within(1e-12));
    update.showAverage(true);
    assertThat(params.trainable().get(0)).isCloseTo(average, within(1e-12));
    assertThatThrownBy(() -> update.apply(first(), 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("update: the parameters are the average now; call showAverage(false) first");
    update.showAverage(false);
    assertThat(params.trainable().get(0)).isCloseTo(w, within(1e-12));
    assertThat(update.state()).containsOnlyKeys("average");
  }

  @ParameterizedTest
  @CsvSource({
    "sgd, ''",
    "momentum, momentum",
    "ada-grad, square",
    "adam, mean square",
    "adamax, mean norm",
    "nadam, mean square",
    "lion, mean",
    "lars, momentum",
    "lamb, mean square",
    "muon, momentum others-momentum"
  })
  void stateIsSavedByName(String type, String names) {
    ParameterUpdate update = update(Rules.of("type", type), threeParameters());
    assertThat(String.join(" ", update.state().keySet())).isEqualTo(names);
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "float64"})
  void twoRunsGiveEqualBitsAndAResumedOneToo(String width) {
    DType dtype = width.equals("float32") ? DType.FLOAT32 : DType.FLOAT64;
    for (String type : ALL) {
      double[] once = run(type, dtype, 20, false);
      assertThat(run(type, dtype, 20, false)).as(type).isEqualTo(once);
      assertThat(run(type, dtype, 20, true)).as(type).isEqualTo(once);
    }
  }

  @Test
  void fullBatchAndDecoupledDecayAreAskedFor() {
    assertThat(Rules.of("type", "gradient-descent").optimizer().traits().fullBatch()).isTrue();
    assertThat(Rules.of("type", "adam-w").decay().l2()).isEqualTo(0.01);
    assertThat(Rules.of("type", "adam-w").decay().decoupled()).isTrue();
    assertThat(Rules.of("type", "adam-w", "weight-decay", 0).decay().l2()).isZero();
    assertThat(Rules.of("type", "adam").decay().decoupled()).isFalse();
  }

  @Test
  void settingsOutOfRangeAndUnknownKeysAreRefused() {
    assertThatThrownBy(() -> Rules.of("type", "adam", "beta1", 1.5))
        .hasMessage("optimizer.beta1: 1.5 came but it must be 0.0 or more and below 1");
    assertThatThrownBy(() -> Rules.of("type", "adam", "momentum", 0.9))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("optimizer.momentum: there is no such key");
    assertThatThrownBy(() -> Rules.of("type", "addam"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean adam");
  }

  @Test
  void tensorsThatDoNotLieAlikeAreRefused() {
    Tensor w = Tensor.zeros(Shape.of(3), DType.FLOAT32);
    Tensor g = Tensor.zeros(Shape.of(6), DType.FLOAT32).slice(3, Shape.of(3));
    Optimizer.Step step = new Optimizer.Step(1, 0.1, 1, 0, 0, true);
    assertThatThrownBy(
            () ->
                new Sgd(0, 0, false)
                    .step(io.kiln.nn.kernel.Kernels.of(DType.FLOAT32), w, g, List.of(), step))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it must lie as the parameters do");
  }

  /** Twenty steps; with a break, by two updates of which the second takes over the state. */
  private static double[] run(String type, DType dtype, int steps, boolean broken) {
    Params params = Rules.params(dtype, 33, 7);
    Tensor gradient = Tensor.zeros(Shape.of(40), dtype);
    ParameterUpdate.Rule rule =
        Rules.of("type", type, "learning-rate", 0.01, "weight-decay", 0.1, "average-decay", 0.9);
    ParameterUpdate update = new ParameterUpdate(rule, params, gradient);
    CounterRng rng = CounterRng.of(3);
    for (int t = 0; t < steps; t++) {
      if (broken && t == steps / 2) {
        ParameterUpdate next = new ParameterUpdate(rule, params, gradient);
        Map<String, Tensor> saved = update.state();
        next.state().forEach((name, tensor) -> tensor.copyFrom(saved(saved, name)));
        update = next;
      }
      for (int i = 0; i < 40; i++) {
        gradient.set(i, rng.normal(40L * t + i));
      }
      update.apply(new Schedule.Position(t, 5, 4), 8);
    }
    return params.trainable().toArray();
  }

  private static Tensor saved(Map<String, Tensor> state, String name) {
    Tensor tensor = state.get(name);
    assertThat(tensor).isNotNull();
    return tensor == null ? Tensor.zeros(Shape.of(0), DType.FLOAT32) : tensor;
  }

  private static Schedule.Position first() {
    return new Schedule.Position(0, 1, 1);
  }

  private static ParameterUpdate update(ParameterUpdate.Rule rule, Params params) {
    return new ParameterUpdate(
        rule, params, Tensor.zeros(params.trainable().shape(), DType.FLOAT64));
  }

  private static Params threeParameters() {
    return Params.of(
        DType.FLOAT64,
        List.of(
            Rules.declared("body.weight", DType.FLOAT64, 1, Params.Role.WEIGHT),
            Rules.declared("head.weight", DType.FLOAT64, 1, Params.Role.WEIGHT),
            Rules.declared("head.bias", DType.FLOAT64, 1, Params.Role.BIAS)));
  }
}
