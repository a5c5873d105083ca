package io.kiln.nn.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.BatchNorm;
import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.MaxPool2d;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.op.arithmetic.Add;
import io.kiln.nn.op.arithmetic.SumAxes;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What planning makes of rectifiers: fewer ops, the same bits. */
@Tag("paths")
class FusionTest {
  private static final Sequential MODEL =
      Sequential.of(
          Conv2d.of(5, 3, 1),
          new Relu(),
          Conv2d.of(20, 3, 1),
          BatchNorm.of(),
          new Relu(),
          Conv2d.of(16, 3, 1),
          new Relu(),
          MaxPool2d.of(2, 2, 0),
          new Relu(),
          MaxPool2d.of(2, 2, 0),
          new Flatten(),
          Dense.of(4),
          new Relu());

  private final Network network = network(DType.FLOAT64);

  private static Network network(DType dtype) {
    return Network.of(Model.of(MODEL), SampleSpec.regression(Shape.of(3, 8, 8), 4), dtype, 7);
  }

  private static Tensor images(DType dtype) {
    Tensor random = GradientCheck.random(3, 6, 3, 8, 8);
    Tensor images = Tensor.zeros(random.shape(), dtype);
    images.copyFrom(random);
    return images;
  }

  private static List<String> names(Tape tape) {
    return tape.ops().stream().map(Op::name).filter(name -> !name.equals("relayout")).toList();
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void planningJoinsRectifiersAndChangesNoBit(DType dtype) {
    Network net = network(dtype);
    Tensor[] gradients = new Tensor[2];
    Tensor[] outputs = new Tensor[2];
    for (int k = 0; k < 2; k++) {
      Tape tape = new Tape(dtype);
      Tensor images = images(dtype);
      gradients[k] = Tensor.zeros(Shape.of(net.params().trainableCount()), dtype);
      Tensor buffers = net.params().buffers().copy();
      Var y = net.record(tape, List.of(tape.constant(images)), gradients[k], buffers);
      Var loss = SumAxes.all(y);
      if (k == 1) {
        tape.plan(loss, y);
        assertThat(names(tape).stream().filter("relu"::equals)).hasSize(1);
      } else {
        assertThat(names(tape).stream().filter("relu"::equals)).hasSize(5);
      }
      tape.forward();
      outputs[k] = y.value().copy();
      tape.backward(loss);
    }
    for (int i = 0; i < outputs[0].count(); i++) {
      assertThat(outputs[1].get(i)).isEqualTo(outputs[0].get(i));
    }
    for (int i = 0; i < gradients[0].count(); i++) {
      assertThat(gradients[1].get(i)).as("gradient %d", i).isEqualTo(gradients[0].get(i));
    }
  }

  @Test
  void whatIsKeptIsWhatTheLayerAloneGives() {
    Tape tape = new Tape(DType.FLOAT64);
    Tensor images = images(DType.FLOAT64);
    List<Var> inputs = List.of(tape.constant(images));
    Var before = network.record(tape, inputs, List.of("0")).values().iterator().next();
    Var last = tape.ops().get(tape.ops().size() - 1).output();
    tape.plan(last, before);
    tape.forward();
    double least = 0;
    for (int i = 0; i < before.value().count(); i++) {
      least = Math.min(least, before.value().get(i));
    }
    assertThat(least).isNegative();
  }

  @Test
  void whatOthersReadTooIsLeftAlone() {
    Tape tape = new Tape(DType.FLOAT64);
    Var x = tape.variable(images(DType.FLOAT64));
    Var w = tape.variable(GradientCheck.random(4, 3, 3, 3, 3));
    Var y = io.kiln.nn.op.image.Conv2d.of(x, w, io.kiln.nn.op.image.Sliding.UNIT.padding(1, 1));
    Var loss = SumAxes.all(Add.of(io.kiln.nn.op.arithmetic.Relu.of(y), y));
    tape.plan(loss);
    assertThat(names(tape)).contains("relu");
  }
}
