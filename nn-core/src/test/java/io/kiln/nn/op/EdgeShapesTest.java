package io.kiln.nn.op;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.autograd.Rectifies;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.op.arithmetic.SumAxes;
import io.kiln.nn.op.image.Conv2d;
import io.kiln.nn.op.image.ConvTranspose2d;
import io.kiln.nn.op.image.MaxPool2d;
import io.kiln.nn.op.image.Pool;
import io.kiln.nn.op.image.Sliding;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Windows at the edges of what is allowed – wider than the plane, all but one column in the
 * padding, steps longer than the window, planes of one pixel, one channel, no or one sample –
 * against sums written out in double.
 */
@Tag("paths")
class EdgeShapesTest {
  private static final int[][] PLANES = {{1, 1}, {2, 2}, {1, 3}, {3, 1}, {4, 5}};
  private static final int[][] CHANNELS = {{1, 1}, {1, 17}, {3, 8}, {17, 20}};

  /** A kernel with what goes round it. */
  private record Slide(int kernel, int stride, int padding, int dilation) {
    Sliding sliding() {
      return Sliding.UNIT
          .stride(stride, stride)
          .padding(padding, padding)
          .dilation(dilation, dilation);
    }

    int positions(int in) {
      return (in + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
    }

    boolean fits(int in) {
      return in + 2 * padding >= dilation * (kernel - 1) + 1;
    }
  }

  static Stream<Slide> slides() {
    return Stream.of(
        new Slide(1, 1, 0, 1),
        new Slide(1, 3, 0, 1),
        new Slide(1, 2, 2, 1),
        new Slide(2, 3, 1, 1),
        new Slide(2, 1, 2, 2),
        new Slide(3, 1, 1, 1),
        new Slide(3, 1, 3, 2),
        new Slide(3, 4, 2, 1),
        new Slide(5, 1, 2, 1),
        new Slide(5, 2, 4, 1),
        new Slide(7, 1, 3, 1),
        new Slide(7, 3, 5, 1));
  }

  private static Tensor random(DType dtype, long seed, int... sizes) {
    Tensor tensor = Tensor.zeros(Shape.of(sizes), dtype);
    CounterRng rng = CounterRng.of(seed);
    for (int i = 0; i < tensor.count(); i++) {
      tensor.set(i, rng.normal(i));
    }
    return tensor;
  }

  private static void same(String what, Tensor actual, double[] expected) {
    double bound = actual.dtype() == DType.FLOAT32 ? 2e-4 : 1e-11;
    int worst = 0;
    double most = 0;
    for (int i = 0; i < expected.length; i++) {
      boolean equal = actual.get(i) == expected[i]; // infinities too
      double error = equal ? 0 : Math.abs(actual.get(i) - expected[i]);
      if (!(error <= most)) {
        most = error;
        worst = i;
      }
    }
    if (!(most <= bound)) {
      assertThat(actual.get(worst)).as("%s at %d", what, worst).isEqualTo(expected[worst]);
    }
  }

  @ParameterizedTest
  @MethodSource("slides")
  void convolutionsAreTheSumsTheyMean(Slide slide) {
    for (DType dtype : DType.values()) {
      for (int[] plane : PLANES) {
        if (slide.fits(plane[0]) && slide.fits(plane[1])) {
          for (int[] channels : CHANNELS) {
            for (int n = 0; n <= 2; n++) {
              for (boolean beside : new boolean[] {false, true}) {
                convolution(dtype, slide, n, channels[0], channels[1], plane, beside);
              }
            }
          }
        }
      }
    }
  }

  private static void convolution(
      DType dtype, Slide slide, int n, int channels, int filters, int[] plane, boolean beside) {
    Tensor x = random(dtype, 1, n, channels, plane[0], plane[1]);
    Tensor w = random(dtype, 2, filters, channels, slide.kernel, slide.kernel);
    Tensor b = random(dtype, 3, filters);
    Tape tape = new Tape(dtype);
    if (beside) {
      tape.allowChannelsLast();
    }
    List<Var> leaves = List.of(tape.variable(x), tape.variable(w), tape.variable(b));
    Var y = tape.plain(Conv2d.of(leaves.get(0), leaves.get(1), leaves.get(2), slide.sliding(), 1));
    tape.forward();
    Tensor dy = random(dtype, 4, y.shape().sizes());
    tape.backward(y, dy);
    double[] expected = new double[y.shape().count()];
    double[] dx = new double[x.count()];
    double[] dw = new double[w.count()];
    double[] db = new double[filters];
    int out = slide.positions(plane[0]) * slide.positions(plane[1]);
    for (int i = 0; i < expected.length; i++) {
      int f = i / out % filters;
      expected[i] += b.get(f);
      db[f] += dy.get(i);
      int image = i / out / filters;
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < slide.kernel * slide.kernel; p++) {
          int from = pixel(slide, plane, i % out, p);
          if (from >= 0) {
            int atX = (image * channels + c) * plane[0] * plane[1] + from;
            int atW = (f * channels + c) * slide.kernel * slide.kernel + p;
            expected[i] += w.get(atW) * x.get(atX);
            dx[atX] += w.get(atW) * dy.get(i);
            dw[atW] += x.get(atX) * dy.get(i);
          }
        }
      }
    }
    String what = slide + " over " + x.shape() + " by " + filters + ", " + dtype + " " + beside;
    assertThat(y.shape().count()).as(what).isEqualTo(n * filters * out);
    same("y of " + what, y.value(), expected);
    same("dx of " + what, leaves.get(0).grad(), dx);
    same("dw of " + what, leaves.get(1).grad(), dw);
    same("db of " + what, leaves.get(2).grad(), db);
  }

  /** The pixel that place p of the window meets at a position, or -1 in the padding. */
  private static int pixel(Slide slide, int[] plane, int position, int p) {
    int columns = slide.positions(plane[1]);
    int iy = position / columns * slide.stride - slide.padding + p / slide.kernel * slide.dilation;
    int ix = position % columns * slide.stride - slide.padding + p % slide.kernel * slide.dilation;
    boolean inside = iy >= 0 && iy < plane[0] && ix >= 0 && ix < plane[1];
    return inside ? iy * plane[1] + ix : -1;
  }

  @ParameterizedTest
  @MethodSource("slides")
  void turnedRoundConvolutionsAreTheSumsTheyMean(Slide slide) {
    for (DType dtype : DType.values()) {
      for (int[] plane : PLANES) {
        int rows = (plane[0] - 1) * slide.stride - 2 * slide.padding;
        int columns = (plane[1] - 1) * slide.stride - 2 * slide.padding;
        int extent = slide.dilation * (slide.kernel - 1) + 1;
        for (int n = 0; n <= 2 && rows + extent > 0 && columns + extent > 0; n++) {
          transposed(dtype, slide, n, plane, rows + extent, columns + extent);
        }
      }
    }
  }

  private static void transposed(
      DType dtype, Slide slide, int n, int[] plane, int rows, int columns) {
    int channels = 3;
    int filters = 2;
    Tensor x = random(dtype, 1, n, channels, plane[0], plane[1]);
    Tensor w = random(dtype, 2, channels, filters, slide.kernel, slide.kernel);
    Tensor b = random(dtype, 3, filters);
    Tape tape = new Tape(dtype);
    List<Var> leaves = List.of(tape.variable(x), tape.variable(w), tape.variable(b));
    Var y =
        ConvTranspose2d.of(leaves.get(0), leaves.get(1), leaves.get(2), slide.sliding(), 0, 0, 1);
    tape.forward();
    assertThat(y.shape()).isEqualTo(Shape.of(n, filters, rows, columns));
    Tensor dy = random(dtype, 4, y.shape().sizes());
    tape.backward(y, dy);
    double[] expected = new double[y.shape().count()];
    double[] dx = new double[x.count()];
    double[] dw = new double[w.count()];
    int area = plane[0] * plane[1];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = b.get(i / (rows * columns) % filters);
    }
    for (int i = 0; i < x.count(); i++) {
      int c = i / area % channels;
      for (int f = 0; f < filters; f++) {
        for (int p = 0; p < slide.kernel * slide.kernel; p++) {
          int oy = i % area / plane[1] * slide.stride - slide.padding;
          int ox = i % area % plane[1] * slide.stride - slide.padding;
          oy += p / slide.kernel * slide.dilation;
          ox += p % slide.kernel * slide.dilation;
          if (oy >= 0 && oy < rows && ox >= 0 && ox < columns) {
            int atY = ((i / area / channels * filters + f) * rows + oy) * columns + ox;
            int atW = (c * filters + f) * slide.kernel * slide.kernel + p;
            expected[atY] += w.get(atW) * x.get(i);
            dx[i] += w.get(atW) * dy.get(atY);
            dw[atW] += x.get(i) * dy.get(atY);
          }
        }
      }
    }
    String what = slide + " over " + x.shape() + " " + dtype;
    same("y of " + what, y.value(), expected);
    same("dx of " + what, leaves.get(0).grad(), dx);
    same("dw of " + what, leaves.get(1).grad(), dw);
  }

  @ParameterizedTest
  @MethodSource("slides")
  void poolingsAreTheMaximaAndMeansTheyMean(Slide slide) {
    for (DType dtype : DType.values()) {
      for (int[] plane : PLANES) {
        boolean fits = slide.fits(plane[0]) && slide.fits(plane[1]);
        for (int n = 0; n <= 2 && fits && 2 * slide.padding <= slide.kernel; n++) {
          for (int channels : new int[] {1, 17}) {
            pooling(dtype, slide, n, channels, plane);
          }
        }
      }
    }
  }

  private static void pooling(DType dtype, Slide slide, int n, int channels, int[] plane) {
    Tensor x = random(dtype, 1, n, channels, plane[0], plane[1]);
    Tape tape = new Tape(dtype);
    Var leaf = tape.variable(x);
    int k = slide.kernel;
    Var maximum = MaxPool2d.of(leaf, new Pool(k, k, slide.sliding(), false, false));
    tape.forward();
    Tensor dy = random(dtype, 4, maximum.shape().sizes());
    tape.backward(maximum, dy);
    double[] best = new double[maximum.shape().count()];
    double[] dBest = new double[x.count()];
    int area = plane[0] * plane[1];
    int out = slide.positions(plane[0]) * slide.positions(plane[1]);
    for (int i = 0; i < best.length; i++) {
      int where = -1;
      for (int p = 0; p < k * k; p++) {
        int from = pixel(slide, plane, i % out, p);
        int at = i / out * area + from;
        where = from >= 0 && (where < 0 || x.get(at) > x.get(where)) ? at : where;
      }
      best[i] = where < 0 ? Double.NEGATIVE_INFINITY : x.get(where);
      if (where >= 0) {
        dBest[where] += dy.get(i);
      }
    }
    String what = slide + " over " + x.shape() + " " + dtype;
    if (slide.dilation == 1) {
      same("maximum of " + what, maximum.value(), best);
      same("dx of the maximum of " + what, leaf.grad(), dBest);
    }
  }

  /** Working memory holds what the op before left there; without samples nothing may come of it. */
  @ParameterizedTest
  @EnumSource
  void withoutSamplesWeightsHaveNoGradient(DType dtype) {
    for (int[] channels : CHANNELS) {
      for (int kernel : new int[] {1, 3, 5}) {
        Workspace shared = new Workspace(dtype);
        for (int n : new int[] {2, 0}) {
          Tape tape = new Tape(dtype, shared);
          tape.allowChannelsLast();
          Var x = tape.constant(random(dtype, 1, n, channels[0], 8, 8));
          Var w = tape.variable(random(dtype, 2, channels[1], channels[0], kernel, kernel));
          Var b = tape.variable(random(dtype, 3, channels[1]));
          Sliding sliding = Sliding.UNIT.padding(kernel / 2, kernel / 2);
          Var loss = SumAxes.all(tape.plain(Rectifies.rectified(Conv2d.of(x, w, b, sliding, 1))));
          tape.plan(loss);
          w.grad().fill(7);
          b.grad().fill(7);
          tape.replay();
          tape.backward(loss);
          boolean isNothing = n == 0;
          String what = channels[0] + " by " + channels[1] + ", kernel " + kernel + ", n = " + n;
          assertThat(isZero(w.grad())).as("dw of " + what).isEqualTo(isNothing);
          assertThat(isZero(b.grad())).as("db of " + what).isEqualTo(isNothing);
        }
      }
    }
  }

  private static boolean isZero(Tensor tensor) {
    boolean zero = true;
    for (int i = 0; i < tensor.count(); i++) {
      zero &= tensor.get(i) == 0;
    }
    return zero;
  }

  /** The two that the plain loops could not do. */
  @Test
  void aFilterColumnWhollyOutsideThePlaneMeetsPadding() {
    convolution(DType.FLOAT32, new Slide(5, 1, 2, 1), 1, 1, 1, new int[] {1, 1}, false);
    convolution(DType.FLOAT32, new Slide(7, 1, 3, 1), 1, 1, 1, new int[] {2, 2}, false);
  }
}
