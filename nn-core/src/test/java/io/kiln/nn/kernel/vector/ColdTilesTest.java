package io.kiln.nn.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiln.nn.kernel.Machine;
import io.kiln.nn.tensor.CounterRng;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is computed before the JVM has compiled the tiles is what they compute, to the bit. */
@Tag("paths")
class ColdTilesTest {
  private static final int DEEP = 27;
  private static final int ROWS = 12;

  @BeforeAll
  static void vectorsAreThere() {
    assumeTrue(Machine.here().hasVectors(), "there are no vectors here");
    // Else both would be computed without vectors.
    assertThat(System.getProperty("kiln.cold")).isEqualTo("false");
  }

  /** Width in vectors and rows of all tiles on this machine. */
  static IntStream tiles() {
    if (!Machine.here().hasVectors()) {
      return IntStream.of(101);
    }
    return IntStream.rangeClosed(1, FloatTiles.WIDEST)
        .flatMap(
            wide ->
                IntStream.rangeClosed(1, ROWS)
                    .filter(tall -> FloatTiles.tallest(wide, tall) == tall)
                    .map(tall -> 100 * wide + tall));
  }

  private static float[] random(int seed, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) CounterRng.of(seed).normal(i);
    }
    return numbers;
  }

  private static int[] steps(int count, int step) {
    return IntStream.range(0, count).map(i -> 1 + i * step).toArray();
  }

  @ParameterizedTest
  @MethodSource("tiles")
  void aTileIsTheSameWithoutVectors(int tile) {
    int wide = tile / 100;
    int tall = tile % 100;
    int width = wide * FloatTiles.LANES;
    float[] a = random(1, 2 * ROWS * DEEP + 2);
    float[] first = random(3, ROWS * width + 1);
    int[] rows = steps(ROWS, 2 * DEEP);
    int[] columns = steps(DEEP, 2);
    int[] rowsC = steps(ROWS, width);
    for (int step : new int[] {width, width + 3}) {
      float[] b = random(2, DEEP * step);
      float[] warm = new float[first.length];
      float[] cold = new float[first.length];
      FloatTiles.run(
          wide, tall, DEEP, a, 0, rows, 0, b, 0, step, first, 0, rowsC, 0, warm, 0, rowsC, 0);
      FloatColdTiles.run(
          width, tall, DEEP, a, 0, rows, 0, null, 0, b, 0, step, first, 0, rowsC, 0, cold, 0, rowsC,
          0);
      assertThat(cold).containsExactly(warm);
      assertThat(cold[1]).isNotZero();
      FloatTiles.run(
          wide, tall, DEEP, a, 0, rows, 0, columns, 0, b, 0, step, first, 0, rowsC, 0, warm, 0,
          rowsC, 0);
      FloatColdTiles.run(
          width, tall, DEEP, a, 0, rows, 0, columns, 0, b, 0, step, first, 0, rowsC, 0, cold, 0,
          rowsC, 0);
      assertThat(cold).containsExactly(warm);
    }
  }

  @ParameterizedTest
  @MethodSource("tiles")
  void aTileOfTwoPackedOperandsIsTheSameWithoutVectors(int tile) {
    int wide = tile / 100;
    int width = wide * FloatTiles.LANES;
    int tall = FloatTiles.tallestBoth(wide);
    float[] a = random(1, tall * DEEP);
    float[] b = random(2, DEEP * width);
    float[] first = random(3, tall * width);
    float[] warm = first.clone();
    float[] cold = first.clone();
    FloatTiles.runBoth(wide, tall, DEEP, a, 0, b, 0, warm, 0, width, warm, 0, width);
    FloatColdTiles.runBoth(width, tall, DEEP, a, 0, b, 0, cold, 0, width, cold, 0, width);
    assertThat(cold).containsExactly(warm).isNotEqualTo(first);
  }
}
