package io.kiln.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.autograd.GradientCheck;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class FrozenTest {
  private static boolean body(String name) {
    return name.matches("[01]\\..*");
  }

  private static Network network(Predicate<String> frozen, Predicate<String> frozenBuffers) {
    Sequential layers =
        Sequential.of(
            Conv2d.of(2, 3, 1), BatchNorm.of(), new Relu(), new GlobalAvgPool(), Dense.of(3));
    return Network.of(
        Model.of(layers),
        SampleSpec.classification(Shape.of(2, 4, 4), 3),
        DType.FLOAT64,
        1,
        new Network.Selection(frozen, frozenBuffers, name -> false));
  }

  private static Tape train(Network network) {
    Tape tape = new Tape(DType.FLOAT64);
    Tensor gradients = Tensor.zeros(Shape.of(network.params().trainableCount()), DType.FLOAT64);
    Var y = network.record(tape, List.of(tape.constant(input())), gradients);
    tape.plan(y);
    tape.replay();
    tape.backward(y, 1);
    return tape;
  }

  private static Tensor input() {
    return GradientCheck.random(3, 5, 2, 4, 4);
  }

  @Test
  void noGradientIsComputedBelowTheFirstTrainableLayer() {
    Network network = network(FrozenTest::body, FrozenTest::body);
    assertThat(network.params().trainableCount()).isEqualTo(2 * 3 + 3);
    assertThat(network.params().parameterCount()).isEqualTo(2 * 18 + 2 + 2 * 2 + 9);
    Tape tape = train(network);
    assertThat(tape.ops().stream().filter(op -> op.output().needsGrad()).map(Op::name))
        .containsExactly("affine");
    assertThat(network.summary().rows().get(0).backwardFlops()).isZero();
  }

  @Test
  void frozenStatisticsAreUsedAndKept() {
    Network network = network(FrozenTest::body, FrozenTest::body);
    Tensor mean = network.params().value("1.running_mean");
    mean.fill(0.25);
    double[] before = network.params().values().toArray();
    Tape training = train(network);
    assertThat(network.params().values().toArray()).isEqualTo(before);
    assertThat(network.params().buffers().count()).isZero();

    Tape using = new Tape(DType.FLOAT64);
    Var y = network.record(using, List.of(using.constant(input())));
    using.forward();
    assertThat(training.ops().get(training.ops().size() - 1).output().value().toArray())
        .isEqualTo(y.value().toArray());
  }

  @Test
  void statisticsThatAreNotFrozenFollowTheBatches() {
    Network network = network(FrozenTest::body, name -> false);
    double[] weight = network.params().value("0.weight").toArray();
    train(network);
    assertThat(network.params().value("0.weight").toArray()).isEqualTo(weight);
    assertThat(network.params().value("1.num_batches_tracked").get(0)).isEqualTo(1);
    assertThat(network.params().value("1.running_mean").get(0)).isNotZero();
    assertThat(network.params().entry("1.running_mean").role()).isEqualTo(Params.Role.BUFFER);
  }

  @Test
  void whatIsGivenElsewhereBeginsWithZeros() {
    Network whole = network(name -> false, name -> false);
    Network part =
        Network.of(
            whole.model(),
            whole.spec(),
            DType.FLOAT64,
            1,
            new Network.Selection(n -> false, n -> false, FrozenTest::body));
    assertThat(part.params().value("0.weight").toArray()).containsOnly(0);
    assertThat(part.params().value("1.running_var").toArray()).containsOnly(0);
    assertThat(part.params().value("4.weight").toArray())
        .isEqualTo(whole.params().value("4.weight").toArray());
  }
}
