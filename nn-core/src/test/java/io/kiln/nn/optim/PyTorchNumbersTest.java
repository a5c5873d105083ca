package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Optimizers and schedules against numbers that PyTorch 1.13 gives in float64.
 *
 * <p>Four parameters begin at w[i] = sin(1 + 1.7·i²), i from 1; the gradient of step t is sin(t +
 * 1.7·i²) + w[i] / 2; the rate is 0.05. The numbers are w after ten steps of {@code
 * torch.optim.SGD(…, lr=0.05)} and its relatives with the settings of the row; NAdam with {@code
 * foreach=True}, as the other form of that version counts one factor twice, and to nine digits, as
 * it multiplies in float32. Schedules are those of {@code torch.optim.lr_scheduler} from a rate of
 * 1, stepped twelve times.
 */
class PyTorchNumbersTest {
  private static Arguments row(Map<String, Object> settings, double... w) {
    return Arguments.of(settings, w);
  }

  static Stream<Arguments> optimizers() {
    return Stream.of(
        row(
            Map.of("type", "sgd", "weight-decay", 0.1),
            0.388912382496,
            0.719350804235,
            -0.332136898444,
            0.141003297481),
        row(
            Map.of("type", "adam", "amsgrad", true, "beta2", 0.9, "weight-decay", 0.1),
            0.327892071648,
            0.66403220028,
            -0.255958429177,
            0.135130814237),
        row(
            Map.of("type", "adam-w", "amsgrad", true, "beta2", 0.9),
            0.348437377365,
            0.681657560922,
            -0.26745866582,
            0.139357899594),
        row(
            Map.of("type", "adadelta", "weight-decay", 0.1),
            0.427243693574,
            0.997805433532,
            -0.55723105929,
            0.0745790796818),
        row(
            Map.of("type", "sgd", "momentum", 0.9, "dampening", 0.2, "weight-decay", 0.1),
            0.175636211762,
            0.0103981253871,
            0.14183138573,
            0.185637911153),
        row(
            Map.of("type", "sgd", "momentum", 0.9, "nesterov", true),
            0.240944199933,
            0.0124190741531,
            0.196282093694,
            0.255380620563),
        row(
            Map.of("type", "adagrad", "weight-decay", 0.1),
            0.394275738788,
            0.859144470221,
            -0.415461125804,
            0.0976318950837),
        row(
            Map.of("type", "adagrad", "initial", 0.01),
            0.405832802728,
            0.871202529615,
            -0.422268847622,
            0.110532258266),
        row(
            Map.of("type", "rmsprop", "alpha", 0.9, "weight-decay", 0.1),
            0.358131934477,
            0.587751069563,
            -0.152782666916,
            0.152601593046),
        row(
            Map.of("type", "rmsprop", "alpha", 0.9, "momentum", 0.7, "centered", true),
            0.201859517026,
            0.0285936955981,
            0.31527143312,
            0.175120353825),
        row(
            Map.of("type", "adam", "weight-decay", 0.1),
            0.324562190092,
            0.662299979898,
            -0.256483981055,
            0.137909624093),
        row(
            Map.of("type", "adamw"),
            0.345757909976,
            0.680799190832,
            -0.267533029296,
            0.142322927679),
        row(
            Map.of("type", "adamax", "weight-decay", 0.1),
            0.348529913261,
            0.754431125137,
            -0.324688883659,
            0.109525253161),
        row(Map.of("type", "nadam"), 0.39183611775, 0.7931036251, -0.352708858207, 0.12402106652));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void optimizersEndWherePyTorchEnds(Map<String, Object> settings, double[] expected) {
    Params params = Rules.params(DType.FLOAT64, 4);
    Tensor w = params.trainable();
    Tensor gradient = Tensor.zeros(Shape.of(4), DType.FLOAT64);
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.put("learning-rate", 0.05);
    ParameterUpdate update =
        new ParameterUpdate(
            ParameterUpdate.Rule.from(Settings.of("optimizer", all)), params, gradient);
    for (int i = 0; i < 4; i++) {
      w.set(i, wave(1, i));
    }
    for (int t = 1; t <= 10; t++) {
      for (int i = 0; i < 4; i++) {
        gradient.set(i, wave(t, i) + 0.5 * w.get(i));
      }
      update.apply(new Schedule.Position(t - 1, 1, 10), 1);
    }
    assertThat(w.toArray()).containsExactly(expected, within(2e-9));
  }

  private static double wave(int seed, int i) {
    return Math.sin(seed + 1.7 * (i + 1) * (i + 1));
  }

  /** CosineAnnealingLR(12, eta_min=0.1). */
  @Test
  void cosineIsThatOfPyTorch() {
    assertThat(trace(Map.of("type", "cosine", "end", 0.1), 12))
        .containsExactly(
            new double[] {
              1,
              0.98466662183,
              0.939711431703,
              0.868198051534,
              0.775,
              0.666468570296,
              0.55,
              0.433531429704,
              0.325,
              0.231801948466,
              0.160288568297,
              0.11533337817
            },
            within(1e-10));
  }

  /** PolynomialLR(12, power=2). */
  @Test
  void polynomialIsThatOfPyTorch() {
    assertThat(trace(Map.of("type", "polynomial", "power", 2), 12))
        .containsExactly(
            new double[] {
              1,
              0.840277777778,
              0.694444444444,
              0.5625,
              0.444444444444,
              0.340277777778,
              0.25,
              0.173611111111,
              0.111111111111,
              0.0625,
              0.0277777777778,
              0.00694444444444
            },
            within(1e-10));
  }

  /** OneCycleLR(1.0, total_steps=12, cycle_momentum=False). */
  @Test
  void oneCycleIsThatOfPyTorch() {
    assertThat(trace(Map.of("type", "one-cycle"), 12))
        .containsExactly(
            new double[] {
              0.04, 0.34978965422, 0.879285159122, 0.994415435451, 0.933012969841, 0.81174565395,
              0.647378997695, 0.462637102667, 0.283060998209, 0.133477530189, 0.0345669874254, 4e-6
            },
            within(1e-10));
  }

  /** StepLR(3, 0.5) and MultiStepLR([2, 5], 0.3): an epoch is a step here. */
  @Test
  void stepsAreThoseOfPyTorch() {
    assertThat(epochs(Map.of("type", "step", "every", 3, "decay", 0.5), new double[8]))
        .containsExactly(new double[] {1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25}, within(1e-12));
    assertThat(
            epochs(Map.of("type", "multi-step", "at", List.of(2, 5), "decay", 0.3), new double[8]))
        .containsExactly(new double[] {1, 1, 0.3, 0.3, 0.3, 0.09, 0.09, 0.09}, within(1e-12));
  }

  /** ReduceLROnPlateau(factor=0.5, patience=1, threshold=1e-3, cooldown=1) on these losses. */
  @Test
  void plateauIsThatOfPyTorch() {
    Map<String, Object> settings =
        Map.of("type", "plateau", "decay", 0.5, "patience", 1, "threshold", 1e-3, "cooldown", 1);
    double[] losses = {1, 0.9, 0.95, 0.93, 0.94, 0.8, 0.85, 0.85, 0.85, 0.79999, 0.9, 0.9};
    assertThat(epochs(settings, losses))
        .containsExactly(
            new double[] {1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125}, within(1e-12));
  }

  private static double[] trace(Map<String, ?> settings, int steps) {
    Schedule schedule = Schedules.of(Settings.of("schedule", settings));
    double[] factors = new double[steps];
    for (int t = 0; t < steps; t++) {
      factors[t] = schedule.factor(new Schedule.Position(t, steps, 1));
    }
    return factors;
  }

  /** The factor at the beginning of each epoch, after the losses of those before. */
  private static double[] epochs(Map<String, ?> settings, double[] losses) {
    Schedule schedule = Schedules.of(Settings.of("schedule", settings));
    double[] factors = new double[losses.length];
    for (int t = 0; t < losses.length; t++) {
      List<Double> before = Arrays.stream(losses).limit(t).boxed().toList();
      factors[t] = schedule.factor(new Schedule.Position(t, 1, losses.length, before));
    }
    return factors;
  }
}
