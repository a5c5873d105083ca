package io.kiln.nn.op.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.norm.BatchNorm;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Numbers that PyTorch 1.13 gives in float64 for x[i] = sin(i + 1), w[i] = cos(i + 1), b[i] = sin(i
 * + 1): the output's shape, its first number, and Σ cos(i + 1)·y[i].
 */
@Tag("paths")
class ImageReferenceTest {
  private final Tape tape = new Tape(DType.FLOAT64);
  private final Var x = leaf(Math::sin, 2, 4, 7, 6);

  private Var leaf(DoubleUnaryOperator function, int... sizes) {
    Tensor tensor = Tensor.zeros(Shape.of(sizes), DType.FLOAT64);
    for (int i = 0; i < tensor.count(); i++) {
      tensor.set(i, function.applyAsDouble(i + 1));
    }
    return tape.variable(tensor);
  }

  private void expect(Var y, Shape shape, double first, double sum) {
    tape.forward();
    assertThat(y.shape()).isEqualTo(shape);
    assertThat(y.value().get(0)).isCloseTo(first, within(1e-8));
    double product = 0;
    for (int i = 0; i < y.value().count(); i++) {
      product += Math.cos(i + 1) * y.value().get(i);
    }
    assertThat(product).isCloseTo(sum, within(1e-8));
  }

  @Test
  void convolutionWithEverythingAgrees() {
    Sliding sliding = Sliding.UNIT.stride(2, 1).padding(1, 2).dilation(2, 1);
    Var y = Conv2d.of(x, leaf(Math::cos, 6, 2, 3, 2), leaf(Math::sin, 6), sliding, 2);
    expect(y, Shape.of(2, 6, 3, 9), 0.841470985, -14.873973363);
  }

  @Test
  void samePaddingPutsTheOddOneBelowAndRight() {
    Var y = Conv2d.of(x, leaf(Math::cos, 3, 4, 4, 3), Sliding.UNIT.same(7, 6, 4, 3));
    expect(y, Shape.of(2, 3, 7, 6), -0.155304488, 5.674875844);
  }

  @Test
  void transposedConvolutionWithEverythingAgrees() {
    Sliding sliding = Sliding.UNIT.stride(2, 3).padding(1, 0).dilation(1, 2);
    Var w = leaf(Math::cos, 4, 3, 3, 2);
    Var y = ConvTranspose2d.of(x, w, leaf(Math::sin, 6), sliding, 1, 2, 2);
    expect(y, Shape.of(2, 6, 14, 20), 0.464008388, 0.056801451);
  }

  @Test
  void maximaWithCeilingAgree() {
    Sliding sliding = Sliding.UNIT.stride(2, 2);
    Var padded = MaxPool2d.of(x, new Pool(3, 3, sliding.padding(1, 1), true, false));
    expect(padded, Shape.of(2, 4, 4, 4), 0.989358247, -0.24477328);
    Var y = MaxPool2d.of(x, new Pool(3, 3, sliding, true, false));
    expect(y, Shape.of(2, 4, 3, 3), 0.990607356, -0.758252788);
  }

  @Test
  void theOnlyWindowMayHangOverTheEdge() {
    Var small = leaf(Math::sin, 1, 1, 2, 2);
    Var y = MaxPool2d.of(small, new Pool(3, 3, Sliding.UNIT.stride(2, 2), true, false));
    tape.forward();
    assertThat(y.shape()).isEqualTo(Shape.of(1, 1, 1, 1));
    assertThat(y.value().get(0))
        .isEqualTo(Arrays.stream(small.value().toArray()).max().orElseThrow());
    assertThatThrownBy(
            () -> MaxPool2d.of(small, new Pool(3, 3, Sliding.UNIT.stride(1, 1), true, false)))
        .hasMessageStartingWith("max-pool2d: the plane is [2, 2]");
  }

  @Test
  void meansCountPaddingAsTold() {
    Sliding sliding = Sliding.UNIT.stride(2, 2).padding(1, 1);
    Var with = AvgPool2d.of(x, new Pool(3, 3, sliding, true, true));
    expect(with, Shape.of(2, 4, 4, 4), 0.377457029, -0.110844938);
    Var without = AvgPool2d.of(x, new Pool(3, 3, sliding, true, false));
    expect(without, Shape.of(2, 4, 4, 4), 0.849278314, 0.059966733);
  }

  @Test
  void adaptiveMeansAgree() {
    expect(AdaptiveAvgPool2d.of(x, 3, 4), Shape.of(2, 4, 3, 4), 0.801314608, 0.438727153);
  }

  @Test
  void batchNormalizationMovesItsStatisticsAndUsesThemLater() {
    Var gain = leaf(Math::cos, 4);
    Var offset = leaf(Math::sin, 4);
    Var mean = tape.constant(Tensor.zeros(Shape.of(4), DType.FLOAT64));
    Var variance = tape.constant(Tensor.of(DType.FLOAT64, Shape.of(4), 1, 1, 1, 1));
    Var count = tape.constant(Tensor.zeros(Shape.of(), DType.FLOAT64));
    BatchNorm.Mode training = new BatchNorm.Mode(1e-5, 0.1, true);
    Var first = BatchNorm.of(x, gain, offset, mean, variance, count, training);
    expect(first, Shape.of(2, 4, 7, 6), 1.463489006, 2.420092713);
    expect(mean, Shape.of(4), 0.002732987, 0.002486864);
    expect(variance, Shape.of(4), 0.950612711, -1.444348845);
    Var second = BatchNorm.of(x, gain, offset, mean, variance, count, training);
    expect(second, Shape.of(2, 4, 7, 6), 1.463489006, 2.420092713);
    assertThat(count.value().get(0)).isEqualTo(2);
    BatchNorm.Mode using = new BatchNorm.Mode(1e-5, 0.1, false);
    Var later = BatchNorm.of(x, gain, offset, mean, variance, count, using);
    expect(later, Shape.of(2, 4, 7, 6), 1.316130094, 2.415380415);
  }

  @Test
  void gradientsOfAConvolutionAreConvolutions() {
    Var image = leaf(Math::sin, 1, 1, 6, 5);
    Var w = leaf(Math::cos, 1, 1, 3, 2);
    Var y = Conv2d.of(image, w, Sliding.UNIT);
    tape.forward();
    Tensor dy = leaf(v -> Math.sin(3 * v), 4, 4).value();
    tape.backward(y, dy.reshape(y.shape()));
    Tensor plane = image.value().reshape(Shape.of(6, 5));
    Tensor kernel = w.value().reshape(Shape.of(3, 2));
    close(y.value(), Convolution.filter(plane, kernel));
    close(image.grad(), Convolution.full(dy, kernel));
    close(w.grad(), Convolution.filter(plane, dy));
  }

  @Test
  void validConvolutionTurnsTheKernel() {
    Tensor plane = leaf(Math::sin, 4, 5).value();
    Tensor kernel = Tensor.of(DType.FLOAT64, Shape.of(2, 2), 1, 2, 3, 4);
    Tensor turned = Tensor.of(DType.FLOAT64, Shape.of(2, 2), 4, 3, 2, 1);
    close(Convolution.valid(plane, kernel), Convolution.filter(plane, turned));
  }

  private static void close(Tensor a, Tensor b) {
    assertThat(a.count()).isEqualTo(b.count());
    for (int i = 0; i < a.count(); i++) {
      assertThat(a.get(i)).isCloseTo(b.get(i), within(1e-12));
    }
  }
}
