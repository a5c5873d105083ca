package io.kiln.nn.op.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Layout;
import io.kiln.nn.autograd.Pass;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.op.arithmetic.Multiply;
import io.kiln.nn.op.arithmetic.SumAxes;
import io.kiln.nn.op.loss.DeviationLoss;
import io.kiln.nn.op.loss.SoftCrossEntropy;
import io.kiln.nn.op.loss.SoftmaxCrossEntropy;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Norms and losses in float32 of numbers whose mean is far larger than what lies between them,
 * against two passes in double over the same float32 numbers.
 */
@Tag("paths")
class FarFromZeroTest {
  private static final double EPSILON = 1e-5;

  /** Base + spread·normal, rounded to float32. */
  private static Tensor numbers(double base, double spread, long seed, int... sizes) {
    Tensor tensor = Tensor.zeros(Shape.of(sizes), DType.FLOAT32);
    CounterRng rng = CounterRng.of(seed);
    for (int i = 0; i < tensor.count(); i++) {
      tensor.set(i, base + spread * rng.normal(i));
    }
    return tensor;
  }

  /** What a norm must give: numbers of the same group share mean and variance. */
  private record Reference(double[] y, double[] dx, double[] dw, double[] db) {
    static Reference of(
        Tensor x, Tensor dy, Tensor w, Tensor b, IntUnaryOperator group, IntUnaryOperator weight) {
      int n = x.count();
      double[] sums = new double[n];
      double[] counts = new double[n];
      for (int i = 0; i < n; i++) {
        sums[group.applyAsInt(i)] += x.get(i);
        counts[group.applyAsInt(i)]++;
      }
      double[] squares = new double[n];
      double[] gradients = new double[n];
      double[] products = new double[n];
      double[] differences = new double[n];
      for (int i = 0; i < n; i++) {
        int g = group.applyAsInt(i);
        differences[i] = x.get(i) - sums[g] / counts[g];
        squares[g] += differences[i] * differences[i];
        gradients[g] += dy.get(i) * w.get(weight.applyAsInt(i));
        products[g] += dy.get(i) * w.get(weight.applyAsInt(i)) * differences[i];
      }
      double[] dw = new double[w.count()];
      double[] db = new double[b.count()];
      double[] y = new double[n];
      double[] dx = new double[n];
      for (int i = 0; i < n; i++) {
        int g = group.applyAsInt(i);
        int k = weight.applyAsInt(i);
        double inverse = 1 / Math.sqrt(squares[g] / counts[g] + EPSILON);
        double normal = differences[i] * inverse;
        y[i] = normal * w.get(k) + b.get(k);
        dw[k] += dy.get(i) * normal;
        db[k] += dy.get(i);
        double mean = gradients[g] / counts[g];
        double slope = products[g] * inverse / counts[g];
        dx[i] = inverse * (dy.get(i) * w.get(k) - mean - normal * slope);
      }
      return new Reference(y, dx, dw, db);
    }
  }

  private static void close(String what, Tensor actual, double[] expected) {
    double size = 0;
    for (double each : expected) {
      size = Math.max(size, Math.abs(each));
    }
    double bound = 3e-5 * Math.max(size, 1e-3);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual.get(i) - expected[i]) <= bound)) {
        assertThat(actual.get(i)).as("%s at %d", what, i).isCloseTo(expected[i], within(bound));
      }
    }
  }

  @Test
  void layerNormOfSixteenNumbersAboveTenThousand() {
    Tensor x = Tensor.zeros(Shape.of(1, 16), DType.FLOAT32);
    for (int i = 0; i < 16; i++) {
      x.set(i, 10000 + 0.001 * i);
    }
    Tape tape = new Tape(DType.FLOAT32);
    Var y = GroupNorm.overLast(tape.constant(x), 1, EPSILON);
    tape.forward();
    assertThat(y.value().get(0)).isCloseTo(-1.3313, within(1e-4));
    assertThat(y.value().get(15)).isCloseTo(1.3313, within(1e-4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void normsOfGroups(int groups) {
    for (double base : new double[] {0, 1e3, -1e4, 1e6}) {
      double spread = Math.max(1, Math.abs(base)) * 3e-7;
      spread = base == 0 ? 1 : spread;
      Tensor x = numbers(base, spread, 1, 3, 4, 5, 2);
      Tensor dy = numbers(0, 1, 2, 3, 4, 5, 2);
      Tensor w = numbers(1, 0.2, 3, 4);
      Tensor b = numbers(0, 0.2, 4, 4);
      Reference reference = Reference.of(x, dy, w, b, i -> i / (40 / groups), i -> i / 10 % 4);
      Tape tape = new Tape(DType.FLOAT32);
      List<Var> v = List.of(tape.variable(x), tape.variable(w), tape.variable(b));
      Var y = GroupNorm.of(v.get(0), groups, EPSILON, v.get(1), v.get(2));
      check(base + " in groups", tape, y, dy, v, reference);
    }
  }

  @Test
  void normsOfLayers() {
    for (double base : new double[] {0, 1e3, -1e4, 1e6}) {
      double spread = base == 0 ? 1 : Math.abs(base) * 3e-7;
      Tensor x = numbers(base, spread, 1, 5, 37);
      Tensor dy = numbers(0, 1, 2, 5, 37);
      Tensor w = numbers(1, 0.2, 3, 37);
      Tensor b = numbers(0, 0.2, 4, 37);
      Tape tape = new Tape(DType.FLOAT32);
      List<Var> v = List.of(tape.variable(x), tape.variable(w), tape.variable(b));
      Var y = GroupNorm.overLast(v.get(0), 1, EPSILON, v.get(1), v.get(2));
      check(
          base + " in layers", tape, y, dy, v, Reference.of(x, dy, w, b, i -> i / 37, i -> i % 37));
    }
  }

  private static void check(
      String what, Tape tape, Var y, Tensor dy, List<Var> v, Reference reference) {
    tape.forward();
    tape.backward(y, dy);
    close("y of " + what, y.value(), reference.y);
    close("dx of " + what, v.get(0).grad(), reference.dx);
    close("dw of " + what, v.get(1).grad(), reference.dw);
    close("db of " + what, v.get(2).grad(), reference.db);
  }

  private static Var batchNorm(Tape tape, Var x, Var w, Var b, Tensor[] running, boolean sync) {
    return BatchNorm.of(
        x,
        w,
        b,
        tape.constant(running[0]),
        tape.constant(running[1]),
        tape.constant(running[2]),
        new BatchNorm.Mode(EPSILON, 0.1, true, sync));
  }

  private static Tensor[] running(int channels) {
    Tensor[] running = {
      Tensor.zeros(Shape.of(channels), DType.FLOAT32),
      Tensor.zeros(Shape.of(channels), DType.FLOAT32),
      Tensor.zeros(Shape.of(), DType.FLOAT32)
    };
    running[1].fill(1);
    return running;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void normsOfBatches(int plane) {
    for (int channels : new int[] {3, 16, 48}) {
      for (double base : new double[] {0, 1e3, -1e4, 1e6}) {
        for (boolean beside : new boolean[] {false, true}) {
          batch(base, channels, plane, beside);
        }
      }
    }
  }

  private static void batch(double base, int channels, int plane, boolean beside) {
    double spread = base == 0 ? 1 : Math.abs(base) * 3e-7;
    int n = 70;
    Tensor x = numbers(base, spread, 1, n, channels, plane, 1);
    Tensor dy = numbers(0, 1, 2, n, channels, plane, 1);
    Tensor w = numbers(1, 0.2, 3, channels);
    Tensor b = numbers(0, 0.2, 4, channels);
    IntUnaryOperator channel = i -> i / plane % channels;
    Reference reference = Reference.of(x, dy, w, b, channel, channel);
    Tape tape = new Tape(DType.FLOAT32);
    tape.allowChannelsLast();
    List<Var> v = List.of(tape.variable(x), tape.variable(w), tape.variable(b));
    boolean turned = beside && tape.channelsLast();
    Var in = turned ? tape.in(Layout.CHANNELS_LAST, v.get(0)) : v.get(0);
    Tensor[] running = running(channels);
    Var y = tape.plain(batchNorm(tape, in, v.get(1), v.get(2), running, false));
    String what = base + " in a batch of " + channels + " channels, " + plane + ", " + turned;
    check(what, tape, y, dy, v, reference);
    for (int c = 0; c < channels; c++) {
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < n * plane; i++) {
        mean += x.get((i / plane * channels + c) * plane + i % plane) / (n * plane);
      }
      for (int i = 0; i < n * plane; i++) {
        squares += Math.pow(x.get((i / plane * channels + c) * plane + i % plane) - mean, 2);
      }
      double variance = 0.9 + 0.1 * squares / (n * plane - 1);
      double bound = 1e-7 * Math.max(1, Math.abs(mean));
      assertThat(running[0].get(c)).as(what).isCloseTo(0.1 * mean, within(bound));
      assertThat(running[1].get(c)).as(what).isCloseTo(variance, within(1e-6 * variance));
    }
  }

  @Test
  void normsOfBatchesOfAllShardsTogether() {
    for (double base : new double[] {0, 1e3, -1e4, 1e6}) {
      double spread = base == 0 ? 1 : Math.abs(base) * 3e-6;
      int channels = 16;
      int n = 24;
      Tensor x = numbers(base, spread, 1, n, channels);
      Tensor dy = numbers(0, 1, 2, n, channels);
      Tensor w = numbers(1, 0.2, 3, channels);
      Tensor b = numbers(0, 0.2, 4, channels);
      Reference reference = Reference.of(x, dy, w, b, i -> i % channels, i -> i % channels);
      List<Pass> passes = new ArrayList<>();
      List<Var> inputs = new ArrayList<>();
      List<Var> outputs = new ArrayList<>();
      int[] cuts = {0, 10, 11, n};
      for (int shard = 0; shard + 1 < cuts.length; shard++) {
        Tape tape = new Tape(DType.FLOAT32);
        Var in = tape.variable(x.rows(cuts[shard], cuts[shard + 1]));
        Var y = batchNorm(tape, in, tape.variable(w), tape.variable(b), running(channels), true);
        Var weights = tape.constant(dy.rows(cuts[shard], cuts[shard + 1]));
        passes.add(new Pass(tape, SumAxes.all(Multiply.of(y, weights))));
        inputs.add(in);
        outputs.add(y);
      }
      Tensor sum = null;
      for (int count : Pass.stops(inputs.get(0).tape())) {
        Tensor next = Tensor.zeros(Shape.of(count), DType.FLOAT64);
        for (Pass pass : passes) {
          Tensor part = Tensor.zeros(Shape.of(count), DType.FLOAT64);
          pass.advance(sum, part);
          for (int i = 0; i < count; i++) {
            next.set(i, next.get(i) + part.get(i));
          }
        }
        sum = next;
      }
      for (Pass pass : passes) {
        pass.advance(sum, Tensor.zeros(Shape.of(0), DType.FLOAT64));
      }
      for (int shard = 0; shard < passes.size(); shard++) {
        int from = cuts[shard] * channels;
        int to = cuts[shard + 1] * channels;
        close(
            base + ", y of shard " + shard,
            outputs.get(shard).value(),
            java.util.Arrays.copyOfRange(reference.y, from, to));
        close(
            base + ", dx of shard " + shard,
            inputs.get(shard).grad(),
            java.util.Arrays.copyOfRange(reference.dx, from, to));
      }
    }
  }

  @Test
  void runningStatisticsFarFromZeroAreTakenOffFirst() {
    int channels = 16;
    Tensor x = numbers(1e4, 0.003, 1, 9, channels);
    Tensor[] running = running(channels);
    running[0].fill(10000.001);
    running[1].fill(1e-5);
    Tape tape = new Tape(DType.FLOAT32);
    Tensor ones = Tensor.zeros(Shape.of(channels), DType.FLOAT32);
    ones.fill(1);
    Var y =
        BatchNorm.of(
            tape.constant(x),
            tape.constant(ones),
            tape.constant(Tensor.zeros(Shape.of(channels), DType.FLOAT32)),
            tape.constant(running[0]),
            tape.constant(running[1]),
            tape.constant(running[2]),
            new BatchNorm.Mode(EPSILON, 0.1, false));
    tape.forward();
    double[] expected = new double[x.count()];
    for (int i = 0; i < expected.length; i++) {
      double mean = running[0].get(i % channels);
      expected[i] = (x.get(i) - mean) / Math.sqrt(running[1].get(i % channels) + EPSILON);
    }
    close("y", y.value(), expected);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e4, -1e4, 1e6})
  void lossesOfScoresFarFromZero(double base) {
    int rows = 6;
    int classes = 5;
    Tensor x = numbers(base, base == 0 ? 1 : Math.abs(base) * 1e-4, 1, rows, classes);
    Tensor target = Tensor.zeros(Shape.of(rows), DType.FLOAT32);
    for (int row = 0; row < rows; row++) {
      target.set(row, row % classes);
    }
    Tape tape = new Tape(DType.FLOAT32);
    Var in = tape.variable(x);
    Var loss = SoftmaxCrossEntropy.of(in, tape.constant(target));
    Var soft = SoftCrossEntropy.ofScores(in, tape.constant(target), (Tensor) null, 0);
    Var logs = Softmax.logarithm(in);
    Var shares = Softmax.of(in);
    tape.forward();
    tape.backward(loss);
    double expected = 0;
    double[] dx = new double[x.count()];
    double[] logarithms = new double[x.count()];
    double[] softmax = new double[x.count()];
    for (int row = 0; row < rows; row++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < classes; j++) {
        max = Math.max(max, x.get(row * classes + j));
      }
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        sum += Math.exp(x.get(row * classes + j) - max);
      }
      for (int j = 0; j < classes; j++) {
        int i = row * classes + j;
        logarithms[i] = x.get(i) - max - Math.log(sum);
        softmax[i] = Math.exp(logarithms[i]);
        dx[i] = softmax[i] - (j == row % classes ? 1 : 0);
      }
      expected -= logarithms[row * classes + row % classes];
    }
    assertThat(loss.value().get(0)).isCloseTo(expected, within(1e-5 * expected));
    assertThat(soft.value().get(0)).isCloseTo(expected, within(1e-5 * expected));
    close("dx", in.grad(), dx);
    close("logarithms", logs.value(), logarithms);
    close("softmax", shares.value(), softmax);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-60, -35, -20, -1, 0, 1, 20, 35, 60})
  void lossesOfYesAndNoKeepTheirTails(double score) {
    for (double truth : new double[] {0, 1, 0.25}) {
      Tape tape = new Tape(DType.FLOAT32);
      Var x = tape.variable(Tensor.of(DType.FLOAT32, Shape.of(1), score));
      Var target = tape.constant(Tensor.of(DType.FLOAT32, Shape.of(1), truth));
      Var loss = DeviationLoss.of(Deviation.LOGISTIC, 3, 1, x, target);
      tape.forward();
      tape.backward(loss);
      double yes = Math.log1p(Math.exp(-score)); // −log σ(x)
      double no = Math.log1p(Math.exp(score)); // −log (1 − σ(x))
      double expected = (1 - truth) * no + 3 * truth * yes;
      double slope = (1 - truth) / (1 + Math.exp(-score)) - 3 * truth / (1 + Math.exp(score));
      String what = score + " for " + truth;
      assertThat(loss.value().get(0)).as(what).isCloseTo(expected, within(1e-6 * expected));
      assertThat(x.grad().get(0)).as(what).isCloseTo(slope, within(1e-6 * Math.abs(slope) + 1e-30));
    }
  }

  @Test
  void squaresAndDistancesOfLargeNumbersAreThoseOfTheDifferences() {
    Tensor x = numbers(1e6, 1, 1, 50);
    Tensor t = numbers(1e6, 1, 2, 50);
    double squares = 0;
    double distances = 0;
    for (int i = 0; i < x.count(); i++) {
      squares += Math.pow(x.get(i) - t.get(i), 2);
      distances += Math.abs(x.get(i) - t.get(i));
    }
    Tape tape = new Tape(DType.FLOAT32);
    Var in = tape.constant(x);
    Var target = tape.constant(t);
    Var square = DeviationLoss.of(Deviation.SQUARE, 1, 1, in, target);
    Var distance = DeviationLoss.of(Deviation.ABSOLUTE, 1, 1, in, target);
    tape.forward();
    assertThat(square.value().get(0)).isCloseTo(squares, within(1e-6 * squares));
    assertThat(distance.value().get(0)).isCloseTo(distances, within(1e-6 * distances));
  }
}
