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
