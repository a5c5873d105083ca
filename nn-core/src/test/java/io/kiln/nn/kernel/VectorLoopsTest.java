package io.kiln.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The loops in use against the plain ones, on slices that begin and end inside longer arrays. */
@Tag("paths")
class VectorLoopsTest {
  private static final Kernels USED = Kernels.of(DType.FLOAT32);
  private static final Kernels PLAIN = Rooms.plainFamilies(DType.FLOAT32);

  private final int[] seed = {0};

  /** Random numbers with guards around them; what is written beyond would show. */
  private static Tensor random(long seed, int... sizes) {
    Shape shape = Shape.of(sizes);
    float[] array = new float[shape.count() + 50];
    for (int i = 0; i < array.length; i++) {
      array[i] = (float) CounterRng.of(seed).normal(i);
    }
    return Tensor.of(array, 20, shape);
  }

  private Tensor next(int... sizes) {
    return random(seed[0]++, sizes);
  }

  /** Runs the same on both and compares every array that {@code run} returns, guards and all. */
  private void same(String what, Function<Kernels, List<Tensor>> run) {
    seed[0] = 1;
    List<Tensor> plain = run.apply(PLAIN);
    seed[0] = 1;
    List<Tensor> used = run.apply(USED);
    for (int k = 0; k < plain.size(); k++) {
      float[] a = plain.get(k).floats();
      float[] b = used.get(k).floats();
      for (int i = 0; i < a.length; i++) {
        assertThat(b[i]).as("%s, result %d at %d", what, k, i).isCloseTo(a[i], within(1e-4f));
      }
    }
  }

  static Stream<Integer> counts() {
    return Stream.of(0, 1, 15, 16, 17, 64, 1000);
  }

  @ParameterizedTest
  @MethodSource("counts")
  void elementwiseLoopsGiveTheSame(int n) {
    same(
        "add",
        k -> {
          Tensor out = next(n);
          k.elementwise().add(next(n), next(n), out);
          return List.of(out);
        });
    same(
        "accumulate",
        k -> {
          Tensor y = next(n);
          k.elementwise().accumulate(0.3, next(n), y);
          return List.of(y);
        });
    same(
        "scale",
        k -> {
          Tensor y = next(n);
          k.elementwise().scale(0.3, next(n), y);
          return List.of(y);
        });
    same(
        "relu",
        k -> {
          Tensor y = next(n);
          Tensor dx = next(n);
          k.elementwise().relu(next(n), y);
          k.elementwise().reluBackward(y, next(n), dx);
          return List.of(y, dx);
        });
    same(
        "rows",
        k -> {
          Tensor y = next(3, n);
          Tensor sum = next(n);
          k.elementwise().addRow(next(n), 3, y);
          k.elementwise().sumRows(y, 3, 0.5, sum);
          k.elementwise().sumRows(y, 3, 0, next(n));
          return List.of(y, sum);
        });
  }

  /** Rows and planes that no whole vectors cover, that are shorter than one, and long ones. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 16, 49, 200, 1500})
  void normsGiveTheSame(int run) {
    for (RowNorm.Layout layout :
        List.of(new RowNorm.Layout(4, 1, run + 1, 1), new RowNorm.Layout(4, 2, 3, run))) {
      int channels = layout.groups() * layout.channels();
      same(
          "norm of rows " + layout,
          k -> {
            Tensor x = next(layout.rows(), layout.columns());
            Tensor dy = next(layout.rows(), layout.columns());
            Tensor w = next(channels);
            Tensor y = next(layout.rows(), layout.columns());
            Tensor bare = next(layout.rows(), layout.columns());
            Tensor dx = next(layout.rows(), layout.columns());
            Tensor dw = next(channels);
            Tensor db = next(channels);
            Tensor statistics = next(3 * layout.rows());
            k.rowNorm().forward(layout, 1e-3, x, null, null, bare, next(3 * layout.rows()));
            k.rowNorm().forward(layout, 1e-3, x, w, next(channels), y, statistics);
            k.rowNorm().backward(layout, x, null, dy, statistics, bare, null, null);
            k.rowNorm().backward(layout, x, w, dy, statistics, dx, dw, null);
            k.rowNorm().backward(layout, x, w, dy, statistics, dx, dw, db);
            k.rowNorm().backward(layout, x, w, dy, statistics, dy, null, null);
            return List.of(y, bare, dx, dw, db, dy);
          });
    }
    for (boolean rectified : List.of(false, true)) {
      same(
          "norm of planes",
          k -> {
            Tensor x = next(2, 3, run);
            Tensor center = next(3);
            Tensor rest = next(3);
            Tensor variance = next(3);
            Tensor y = next(2, 3, run);
            Tensor dy = next(2, 3, run);
            Tensor sums = next(3);
            Tensor products = next(3);
            Tensor dx = next(2, 3, run);
            k.channels().moments(x, 2, 3, run, center, rest, variance);
            k.channels().affine(x, 2, 3, run, center, next(3), next(3), rectified, y);
            k.channels().gradientSums(dy, x, y, rectified, 2, 3, run, center, sums, products);
            k.channels()
                .combine(dy, x, y, rectified, 2, 3, run, center, next(3), next(3), next(3), dx);
            return List.of(variance, y, sums, products, dx);
          });
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 17, 50, 1004, 5000})
  void softmaxGivesTheSame(int classes) {
    same(
        "softmax",
        k -> {
          Tensor x = next(5, classes);
          int middle = classes / 2;
          Tensor target = Tensor.of(DType.FLOAT32, Shape.of(5), 0, -1, classes - 1, 0, middle);
          Tensor p = next(5, classes);
          Tensor dp = next(5, classes);
          Tensor dx = next(5, classes);
          Tensor y = next(5, classes);
          Tensor dLog = next(5, classes);
          Tensor q = next(5, classes);
          Tensor dq = next(5, classes);
          k.softmax().softmax(x, 5, classes, p);
          k.softmax().softmaxBackward(p, dp, 5, classes, dx);
          k.softmax().softmaxBackward(p, dp, 5, classes, dp);
          k.softmax().logSoftmax(x, 5, classes, y);
          k.softmax().logSoftmaxBackward(y, dx, 5, classes, dLog);
          double loss = k.softmax().crossEntropy(x, target, 5, classes, q);
          k.softmax().crossEntropyBackward(q, target, 5, classes, 0.3, dq);
          k.softmax().crossEntropyBackward(q, target, 5, classes, 0.3, q);
          return List.of(p, dx, dp, y, dLog, q, dq, Tensor.of(DType.FLOAT32, Shape.of(), loss));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 17, 50, 1004, 5000})
  void softCrossEntropyGivesTheSame(int classes) {
    same(
        "soft cross-entropy",
        k -> {
          Tensor x = next(5, classes);
          Tensor q = next(5, classes);
          k.softmax().softmax(q, 5, classes, q);
          if (classes > 1) {
            x.floats()[x.offset() + classes] = Float.NEGATIVE_INFINITY;
            q.floats()[q.offset() + classes] = 0;
          }
          Tensor p = next(5, classes);
          Tensor dx = next(5, classes);
          double loss = k.softmax().softCrossEntropy(x, q, 5, classes, p);
          assertThat(loss).isFinite();
          k.softmax().softCrossEntropyBackward(p, q, 5, classes, 0.3, dx);
          return List.of(p, dx, Tensor.of(DType.FLOAT32, Shape.of(), loss));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 21, 64})
  void cellsGiveTheSame(int width) {
    for (int[] order : new int[][] {{0, 1, 2, 3}, {0, 1, 3, 2}, {2, 0, 1, 3}}) {
      same(
          "lstm",
          k -> {
            Tensor gates = next(3, 4 * width);
            Tensor states = next(2, 3, width);
            Tensor h = next(3, width);
            Tensor work = next(2, 3, width);
            Tensor da = next(3, 4 * width);
            int next = 3 * width;
            k.cells().lstm(3, width, order, gates, 0, states, 0, next, h, 0);
            k.cells()
                .lstmBackward(3, width, order, gates, 0, states, 0, next, work, 0, next, da, 0);
            return List.of(gates, states, h, work, da);
          });
    }
    same(
        "gru",
        k -> {
          Tensor gates = next(3, 3 * width);
          Tensor u = next(3, 3 * width);
          Tensor states = next(2, 3, width);
          Tensor dh = next(3, width);
          Tensor da = next(2, 3, 3 * width);
          k.cells().gru(3, width, gates, 0, u, 0, states, 0, 3 * width);
          k.cells().gruBackward(3, width, gates, 0, u, 0, states, 0, dh, da, 0, 9 * width);
          return List.of(gates, u, states, dh, da);
        });
    same(
        "rnn",
        k -> {
          Tensor h = next(3, width);
          Tensor da = next(3, width);
          k.cells().rnn(true, h, 0, 3 * width);
          k.cells().rnnBackward(true, h, 0, next(3, width), da, 0, 3 * width);
          return List.of(h, da);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 21, 64})
  void sumsOfRowsAreTheSame(int width) {
    same(
        "rows",
        k -> {
          Tensor x = next(3, 2, width);
          Tensor block = next(2, 3, width);
          Tensor table = next(4, width);
          Tensor sum = next(width);
          Tensor fresh = next(width);
          Tensor none = Tensor.zeros(Shape.of(0), DType.FLOAT32);
          k.rows().takeStep(x, 3, 2, width, 1, next(width), block, 0);
          k.rows().takeStep(x, 3, 2, width, 0, none, block, 3 * width);
          k.rows().addStep(x, 3, 2, width, 1, block, 3 * width);
          k.rows().scatterAdd(x, width, Tensor.of(DType.FLOAT32, Shape.of(4), 3, -1, 0, 3), table);
          k.rows().sum(block, width, 5, width, 0.5, sum);
          k.rows().sum(block, 0, 6, width, 0, fresh);
          return List.of(block, table, sum, fresh);
        });
  }

  static Stream<Window> windows() {
    return Stream.of(
        new Window(12, 12, 5, 5, 1, 1, 0, 0, 1, 1, 8, 8),
        new Window(28, 28, 5, 5, 1, 1, 2, 2, 1, 1, 28, 28),
        new Window(32, 32, 3, 3, 1, 1, 1, 1, 1, 1, 32, 32),
        new Window(7, 19, 3, 3, 1, 1, 1, 1, 1, 1, 7, 19),
        new Window(9, 40, 3, 3, 1, 1, 2, 2, 2, 2, 9, 40),
        new Window(9, 9, 3, 3, 2, 2, 1, 1, 1, 1, 5, 5),
        new Window(5, 3, 1, 1, 1, 1, 0, 0, 1, 1, 5, 3));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void columnsAreTheSame(Window window) {
    for (int images = 1; images <= 3; images++) {
      int n = images;
      int channels = 3;
      int positions = window.outCount();
      same(
          "gather and scatter",
          k -> {
            Tensor x = next(n, channels, window.inCount());
            Tensor columns = next(channels * window.kernelCount(), n * positions);
            Tensor dx = next(n, channels, window.inCount());
            for (int i = 0; i < n; i++) {
              int at = i * channels * window.inCount();
              k.patches()
                  .gather(
                      x,
                      at,
                      channels,
                      window,
                      0,
                      window.outH(),
                      columns,
                      i * positions,
                      n * positions);
            }
            for (int i = 0; i < n; i++) {
              int at = i * channels * window.inCount();
              k.patches()
                  .scatter(
                      columns,
                      i * positions,
                      n * positions,
                      window,
                      channels,
                      0,
                      window.outH(),
                      dx,
                      at);
            }
            return List.of(columns, dx);
          });
      same(
          "spread and collect",
          k -> {
            Tensor maps = next(4, n * positions);
            Tensor y = next(n, 4, positions);
            Tensor sums = next(4);
            int image = 4 * positions;
            k.patches().spread(maps, n, 4, positions, next(4), 0, true, y, 0, positions, image);
            k.patches()
                .collect(
                    next(n, 4, positions), y, 0, positions, image, n, 4, positions, true, maps);
            k.patches().sumColumns(maps, 0, 4, n * positions, 0.5, sums, 0);
            return List.of(maps, y, sums);
          });
    }
  }

  @ParameterizedTest
  @MethodSource("poolings")
  void maximaAreTheSame(Window window) {
    for (boolean rectified : List.of(false, true)) {
      for (int planes : new int[] {1, 2, 40}) {
        same(
            "pooling",
            k -> {
              Tensor x = next(planes, window.inCount());
              Tensor y = next(planes, window.outCount());
              Tensor places = next(planes, window.outCount());
              Tensor dx = next(planes, window.inCount());
              k.pooling().maximum(x, planes, window, rectified, y, places);
              k.pooling()
                  .maximumBackward(
                      next(planes, window.outCount()), y, places, planes, window, rectified, dx);
              return List.of(y, places, dx);
            });
      }
    }
  }

  static Stream<Window> poolings() {
    return Stream.of(
        new Window(24, 24, 2, 2, 2, 2, 0, 0, 1, 1, 12, 12),
        new Window(8, 8, 2, 2, 2, 2, 0, 0, 1, 1, 4, 4),
        new Window(2, 2, 2, 2, 2, 2, 0, 0, 1, 1, 1, 1),
        new Window(9, 37, 2, 2, 2, 2, 0, 0, 1, 1, 4, 18),
        new Window(64, 64, 2, 2, 2, 2, 0, 0, 1, 1, 32, 32),
        new Window(7, 7, 3, 3, 2, 2, 1, 1, 1, 1, 4, 4));
  }
}
