package io.kiln.nn.op.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.GradientCheck;
import io.kiln.nn.autograd.Pass;
import io.kiln.nn.autograd.Rectifies;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.arithmetic.Multiply;
import io.kiln.nn.op.arithmetic.SumAxes;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A synchronized batch norm over uneven shards against one batch norm over all their samples. */
@Tag("paths")
class SyncBatchNormTest {
  private static final int[] SIZES = {5, 1, 0};
  private static final int CHANNELS = 3;
  private static final BatchNorm.Mode WHOLE = new BatchNorm.Mode(1e-5, 0.1, true);

  private final Tensor x = GradientCheck.random(1, 6, CHANNELS, 2, 2);
  private final Tensor weights = GradientCheck.random(2, 6, CHANNELS, 2, 2);
  private final Tensor gain = GradientCheck.random(3, CHANNELS);
  private final Tensor offset = GradientCheck.random(4, CHANNELS);

  /** One batch norm on a tape, with statistics of its own; the loss is Σ weights·y. */
  private final class Shard {
    final Tape tape = new Tape(DType.FLOAT64);
    final Var input;
    final Var gainLeaf = tape.variable(gain);
    final Var offsetLeaf = tape.variable(offset);
    final Tensor mean = GradientCheck.random(5, CHANNELS);
    final Tensor variance = Tensor.zeros(Shape.of(CHANNELS), DType.FLOAT64);
    final Tensor count = Tensor.zeros(Shape.of(), DType.FLOAT64);
    final Var y;
    final Var loss;

    Shard(int from, int to, BatchNorm.Mode mode, boolean rectified) {
      variance.fill(1);
      input = tape.variable(x.rows(from, to));
      y =
          BatchNorm.of(
              input,
              gainLeaf,
              offsetLeaf,
              tape.constant(mean),
              tape.constant(variance),
              tape.constant(count),
              mode);
      if (rectified) {
        Rectifies.rectified(y);
      }
      loss = SumAxes.all(Multiply.of(y, tape.constant(weights.rows(from, to))));
    }
  }

  /** Runs the shards that have samples, stop by stop. */
  private List<Shard> run(boolean rectified) {
    BatchNorm.Mode mode = new BatchNorm.Mode(1e-5, 0.1, true, true);
    List<Shard> shards = new ArrayList<>();
    int from = 0;
    for (int size : SIZES) {
      if (size > 0) {
        shards.add(new Shard(from, from + size, mode, rectified));
      }
      from += size;
    }
    List<Pass> passes = shards.stream().map(shard -> new Pass(shard.tape, shard.loss)).toList();
    Tensor sum = null;
    for (int count : Pass.stops(shards.get(0).tape)) {
      Tensor next = Tensor.zeros(Shape.of(count), DType.FLOAT64);
      for (Pass pass : passes) {
        Tensor part = Tensor.zeros(Shape.of(count), DType.FLOAT64);
        assertThat(pass.advance(sum, part)).isTrue();
        for (int i = 0; i < count; i++) {
          next.set(i, next.get(i) + part.get(i));
        }
      }
      sum = next;
    }
    for (Pass pass : passes) {
      assertThat(pass.advance(sum, Tensor.zeros(Shape.of(0), DType.FLOAT64))).isFalse();
    }
    return shards;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void unevenShardsAreOneBatch(boolean rectified) {
    Shard whole = new Shard(0, 6, WHOLE, rectified);
    whole.tape.forward();
    whole.tape.backward(whole.loss);
    List<Shard> shards = run(rectified);
    same(concat(shards.stream().map(shard -> shard.y.value()).toList()), whole.y.value());
    same(concat(shards.stream().map(shard -> shard.input.grad()).toList()), whole.input.grad());
    same(sum(shards.stream().map(shard -> shard.gainLeaf.grad()).toList()), whole.gainLeaf.grad());
    same(
        sum(shards.stream().map(shard -> shard.offsetLeaf.grad()).toList()),
        whole.offsetLeaf.grad());
    for (Shard shard : shards) {
      same(shard.mean.toArray(), whole.mean);
      same(shard.variance.toArray(), whole.variance);
      assertThat(shard.count.get(0)).isEqualTo(1);
      assertThat(shard.mean.toArray()).isEqualTo(shards.get(0).mean.toArray());
      assertThat(shard.variance.toArray()).isEqualTo(shards.get(0).variance.toArray());
    }
  }

  @Test
  void gradientsMatchFiniteDifferencesOverAllShards() {
    List<Shard> shards = run(false);
    double[] dx = concat(shards.stream().map(shard -> shard.input.grad()).toList());
    double[] dGain = sum(shards.stream().map(shard -> shard.gainLeaf.grad()).toList());
    double[] dOffset = sum(shards.stream().map(shard -> shard.offsetLeaf.grad()).toList());
    assertThat(error(x, dx)).isLessThan(1e-9);
    assertThat(error(gain, dGain)).isLessThan(1e-9);
    assertThat(error(offset, dOffset)).isLessThan(1e-9);
  }

  /** The measure of {@link GradientCheck}, over all shards together. */
  private double error(Tensor leaf, double[] analytic) {
    double difference = 0;
    double norms = 0;
    for (int i = 0; i < leaf.count(); i++) {
      double numeric = (4 * quotient(leaf, i, 1e-3) - quotient(leaf, i, 2e-3)) / 3;
      difference += Math.pow(analytic[i] - numeric, 2);
      norms += Math.pow(analytic[i], 2) + Math.pow(numeric, 2);
    }
    return Math.sqrt(difference) / Math.sqrt(norms);
  }

  private double quotient(Tensor leaf, int i, double step) {
    double was = leaf.get(i);
    leaf.set(i, was + step);
    double up = loss();
    leaf.set(i, was - step);
    double down = loss();
    leaf.set(i, was);
    return (up - down) / (2 * step);
  }

  private double loss() {
    return run(false).stream().mapToDouble(shard -> shard.loss.value().get(0)).sum();
  }

  @Test
  void aTapeThatRunsAloneSeesItsOwnBatchOnly() {
    Shard plain = new Shard(0, 5, WHOLE, false);
    Shard sync = new Shard(0, 5, new BatchNorm.Mode(1e-5, 0.1, true, true), false);
    for (Shard shard : List.of(plain, sync)) {
      shard.tape.forward();
      shard.tape.backward(shard.loss);
    }
    assertThat(sync.y.value().toArray()).isEqualTo(plain.y.value().toArray());
    assertThat(sync.input.grad().toArray()).isEqualTo(plain.input.grad().toArray());
    assertThat(sync.variance.toArray()).isEqualTo(plain.variance.toArray());
  }

  @Test
  void aConstantChannelHasNoNegativeVariance() {
    x.fill(0.1);
    List<Shard> shards = run(false);
    for (Shard shard : shards) {
      assertThat(shard.y.value().get(0)).isCloseTo(offset.get(0), within(1e-9));
      assertThat(shard.variance.get(0)).isCloseTo(0.9, within(1e-12));
    }
  }

  private static void same(double[] actual, Tensor expected) {
    assertThat(actual).containsExactly(expected.toArray(), within(1e-12));
  }

  private static double[] concat(List<Tensor> parts) {
    return parts.stream()
        .flatMapToDouble(part -> java.util.Arrays.stream(part.toArray()))
        .toArray();
  }

  private static double[] sum(List<Tensor> parts) {
    double[] sum = new double[parts.get(0).count()];
    for (Tensor part : parts) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += part.get(i);
      }
    }
    return sum;
  }
}
