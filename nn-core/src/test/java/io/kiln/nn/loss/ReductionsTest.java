package io.kiln.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReductionsTest {
  private static final Loss WEIGHTED =
      Losses.of(
          Settings.of(
              "loss",
              Map.of("type", "softmax-cross-entropy", "class-weights", List.of(0.5, 2, 1.25))));

  @Test
  void theMeanFollowsTheTargetsFromStepToStep() {
    Tape tape = new Tape(DType.FLOAT64);
    Var scores =
        tape.variable(Tensor.of(DType.FLOAT64, Shape.of(2, 3), 1, -0.5, 0.2, 0.3, 0.1, 0.9));
    Tensor labels = Tensor.of(DType.FLOAT64, Shape.of(2), 0, 1);
    Var target = tape.constant(labels);
    Var sum = WEIGHTED.sum(scores, target);
    Var mean = WEIGHTED.mean(scores, target);
    tape.plan(mean, sum);
    for (double[] now : new double[][] {{0, 1}, {2, 2}, {-1, 0}}) {
      labels.set(0, now[0]);
      labels.set(1, now[1]);
      tape.replay();
      tape.backward(mean);
      double weight = WEIGHTED.weight(labels);
      assertThat(mean.value().get(0)).isCloseTo(sum.value().get(0) / weight, within(1e-12));
      double[] ofMean = scores.grad().toArray();
      Tape other = new Tape(DType.FLOAT64);
      Var same = other.variable(scores.value().copy());
      Var whole = WEIGHTED.sum(same, other.constant(labels));
      other.forward();
      other.backward(whole, 1 / weight);
      assertThat(ofMean).containsExactly(same.grad().toArray(), within(1e-12));
    }
  }

  @Test
  void lossesOfSamplesAddUpToTheSum() {
    for (String type : Losses.names()) {
      Loss loss = Losses.of(Settings.of("loss", Map.of("type", type)));
      boolean classes = loss.kind() == TargetKind.CLASSES;
      boolean sequence = type.equals("temporal-softmax");
      Shape shape = sequence ? Shape.of(2, 2, 3) : classes ? Shape.of(4, 3) : Shape.of(4, 1);
      Tape tape = new Tape(DType.FLOAT64);
      Tensor numbers = Tensor.zeros(shape, DType.FLOAT64);
      for (int i = 0; i < numbers.count(); i++) {
        numbers.set(i, 0.1 + 0.07 * i);
      }
      Tensor labels = Tensor.of(DType.FLOAT64, Shape.of(4), 0, 1, 1, 0);
      Var output = tape.variable(numbers);
      Var target = tape.constant(labels.reshape(sequence ? Shape.of(2, 2) : Shape.of(4)));
      Var each = loss.each(output, target);
      Var sum = loss.sum(output, target);
      tape.forward();
      double total = 0;
      for (double one : each.value().toArray()) {
        total += one;
      }
      assertThat(each.shape()).as(type).isEqualTo(Shape.of(shape.size(0)));
      assertThat(total).as(type).isCloseTo(sum.value().get(0), within(1e-12));
    }
  }
}
