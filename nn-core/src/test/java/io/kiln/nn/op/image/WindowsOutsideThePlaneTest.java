package io.kiln.nn.op.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Windows larger than small planes: whole rows and columns of a filter see padding only. */
@Tag("paths")
class WindowsOutsideThePlaneTest {
  private static final int N = 2;
  private static final int CHANNELS = 2;
  private static final int FILTERS = 3;

  /** A plane, a filter and how it slides. */
  private record Shapes(int h, int w, int kernel, int padding, int stride, int dilation) {
    Sliding sliding() {
      return Sliding.UNIT
          .stride(stride, stride)
          .padding(padding, padding)
          .dilation(dilation, dilation);
    }

    boolean fits() {
      int extent = dilation * (kernel - 1) + 1;
      return h + 2 * padding >= extent && w + 2 * padding >= extent;
    }

    boolean pools() {
      return fits() && 2 * padding <= dilation * (kernel - 1) + 1;
    }
  }

  /** What is done with each of them. */
  private interface Check {
    void of(Shapes shapes);
  }

  private static void each(Check check) {
    for (int h : new int[] {1, 2, 5}) {
      for (int w : new int[] {1, 3, 4}) {
        for (int kernel : new int[] {1, 2, 3, 5, 7}) {
          for (int padding : new int[] {0, 1, 2, 3}) {
            for (int stride : new int[] {1, 2, 3}) {
              for (int dilation : new int[] {1, 2, 3}) {
                check.of(new Shapes(h, w, kernel, padding, stride, dilation));
              }
            }
          }
        }
      }
    }
  }

  private static Tensor random(long seed, int... sizes) {
    Tensor x = Tensor.zeros(Shape.of(sizes), DType.FLOAT32);
    CounterRng draws = CounterRng.of(5, seed);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, draws.normal(i));
    }
    return x;
  }

  @Test
  void columnsThatSeeThePlaneNowhereHaveNoPositions() {
    each(
        shapes -> {
          if (shapes.fits()) {
            Window window =
                shapes
                    .sliding()
                    .over("test", shapes.h, shapes.w, shapes.kernel, shapes.kernel, false);
            for (int s = 0; s < shapes.kernel; s++) {
              int seen = 0;
              for (int ox = 0; ox < window.outW(); ox++) {
                int ix = ox * shapes.stride - shapes.padding + s * shapes.dilation;
                boolean inside = ix >= 0 && ix < shapes.w;
                seen += inside ? 1 : 0;
                assertThat(ox >= window.firstColumn(s) && ox < window.endColumn(s))
                    .as(shapes + " column " + s + " at " + ox)
                    .isEqualTo(inside);
              }
              assertThat(window.endColumn(s) - window.firstColumn(s)).isEqualTo(seen);
            }
          }
        });
  }

  @Test
  void convolutionsAreThoseOfTheFormula() {
    each(
        shapes -> {
          if (shapes.fits()) {
            convolve(shapes, false);
            convolve(shapes, true);
          }
        });
  }

  private static void convolve(Shapes shapes, boolean channelsLast) {
    Tape tape = new Tape(DType.FLOAT32);
    if (channelsLast) {
      tape.allowChannelsLast();
    }
    Var x = tape.variable(random(1, N, CHANNELS, shapes.h, shapes.w));
    Var w = tape.variable(random(2, FILTERS, CHANNELS, shapes.kernel, shapes.kernel));
    Var y = tape.plain(Conv2d.of(x, w, null, shapes.sliding(), 1));
    tape.forward();
    Tensor seed = random(3, y.shape().sizes());
    tape.backward(y, seed);
    Tensor sum = Tensor.zeros(y.shape(), DType.FLOAT64);
    Tensor dx = Tensor.zeros(x.shape(), DType.FLOAT64);
    Tensor dw = Tensor.zeros(w.shape(), DType.FLOAT64);
    everyProduct(
        shapes,
        y.shape(),
        (atX, atW, atY) -> {
          sum.set(atY, sum.get(atY) + x.value().get(atX) * w.value().get(atW));
          dx.set(atX, dx.get(atX) + seed.get(atY) * w.value().get(atW));
          dw.set(atW, dw.get(atW) + seed.get(atY) * x.value().get(atX));
        });
    same(shapes, y.value(), sum);
    same(shapes, x.grad(), dx);
    same(shapes, w.grad(), dw);
  }

  private interface Product {
    void of(int x, int w, int y);
  }

  private static void everyProduct(Shapes s, Shape out, Product product) {
    int oh = out.size(2);
    int ow = out.size(3);
    for (int n = 0; n < N; n++) {
      for (int f = 0; f < FILTERS; f++) {
        for (int place = 0; place < oh * ow; place++) {
          for (int tap = 0; tap < CHANNELS * s.kernel * s.kernel; tap++) {
            int c = tap / (s.kernel * s.kernel);
            int iy = place / ow * s.stride - s.padding + tap / s.kernel % s.kernel * s.dilation;
            int ix = place % ow * s.stride - s.padding + tap % s.kernel * s.dilation;
            if (iy >= 0 && iy < s.h && ix >= 0 && ix < s.w) {
              product.of(
                  ((n * CHANNELS + c) * s.h + iy) * s.w + ix,
                  f * CHANNELS * s.kernel * s.kernel + tap,
                  (n * FILTERS + f) * oh * ow + place);
            }
          }
        }
      }
    }
  }

  @Test
  void poolingIsTheSamePlainAndWithChannelsSideBySide() {
    each(
        shapes -> {
          if (shapes.pools()) {
            UnaryOperator<Var> largest =
                x ->
                    MaxPool2d.of(
                        x, new Pool(shapes.kernel, shapes.kernel, shapes.sliding(), false, false));
            Tensor[] plain = pooled(shapes, false, largest);
            Tensor[] wide = pooled(shapes, true, largest);
            assertThat(wide[0].toArray()).as(shapes.toString()).isEqualTo(plain[0].toArray());
            assertThat(wide[1].toArray()).as(shapes.toString()).isEqualTo(plain[1].toArray());
          }
        });
  }

  private static Tensor[] pooled(Shapes shapes, boolean channelsLast, UnaryOperator<Var> pooling) {
    Tape tape = new Tape(DType.FLOAT32);
    if (channelsLast) {
      tape.allowChannelsLast();
    }
    Var x = tape.variable(random(1, N, CHANNELS, shapes.h, shapes.w));
    Var inside = channelsLast && tape.channelsLast() ? tape.in(wide(), x) : x;
    Var y = tape.plain(pooling.apply(inside));
    tape.forward();
    tape.backward(y, random(3, y.shape().sizes()));
    return new Tensor[] {y.value(), x.grad()};
  }

  private static io.kiln.nn.autograd.Layout wide() {
    return io.kiln.nn.autograd.Layout.CHANNELS_LAST;
  }

  private static void same(Shapes shapes, Tensor is, Tensor should) {
    for (int i = 0; i < should.count(); i++) {
      assertThat(is.get(i))
          .as(shapes + " element " + i)
          .isCloseTo(should.get(i), within(1e-3 + 1e-4 * Math.abs(should.get(i))));
    }
  }
}
