package io.kiln.nn.op.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The plain convolutions, worked out by hand; all numbers are whole, so both widths are exact. */
@Tag("paths")
class ConvolutionTest {
  private static Tensor x(DType dtype) {
    return Tensor.of(dtype, Shape.of(3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  private static Tensor kernel(DType dtype) {
    return Tensor.of(dtype, Shape.of(2, 2), 1, 2, 3, 4);
  }

  @ParameterizedTest
  @EnumSource
  void filterSlidesTheKernelAsItIs(DType dtype) {
    Tensor y = Convolution.filter(x(dtype), kernel(dtype));
    assertThat(y.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(y.toArray()).containsExactly(37, 47, 67, 77);
  }

  @ParameterizedTest
  @EnumSource
  void validTurnsIt(DType dtype) {
    Tensor y = Convolution.valid(x(dtype), kernel(dtype));
    assertThat(y.toArray()).containsExactly(23, 33, 53, 63);
  }

  @ParameterizedTest
  @EnumSource
  void fullGoesOnWhereTheKernelStillTouches(DType dtype) {
    Tensor y = Convolution.full(x(dtype), kernel(dtype));
    assertThat(y.shape()).isEqualTo(Shape.of(4, 4));
    assertThat(y.toArray())
        .containsExactly(1, 4, 7, 6, 7, 23, 33, 24, 19, 53, 63, 42, 21, 52, 59, 36);
  }

  @Test
  void wrongShapesAreRefused() {
    Tensor x = x(DType.FLOAT64);
    Tensor large = Tensor.zeros(Shape.of(4, 2), DType.FLOAT64);
    assertThatThrownBy(() -> Convolution.filter(x, large))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("filter: x is [3, 3] but the kernel is [4, 2]; it must not be larger");
    assertThatThrownBy(() -> Convolution.valid(x, large))
        .hasMessage("valid: x is [3, 3] but the kernel is [4, 2]; it must not be larger");
    assertThatThrownBy(() -> Convolution.full(x, large.reshape(Shape.of(8))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("full: x is [3, 3] and the kernel [8] but matrices are needed");
  }
}
