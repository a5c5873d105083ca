package io.kiln.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products through tables against their definition, with every height and width of tile. */
@Tag("paths")
class IndirectMatrixTest {
  @BeforeAll
  static void needsWideVectors() {
    assumeTrue(
        Machine.here().channelsLast(),
        "there are no vectors, so there are no products through tables");
  }

  private static Tensor random(long seed, DType dtype, int count) {
    Tensor tensor = Tensor.zeros(Shape.of(count), dtype);
    CounterRng rng = CounterRng.of(seed);
    for (int i = 0; i < count; i++) {
      tensor.set(i, rng.normal(i));
    }
    return tensor;
  }

  private static int[] places(long seed, int count, int bound, int step) {
    int[] table = new int[count];
    for (int i = 0; i < count; i++) {
      table[i] = CounterRng.of(seed).integer(i, bound / step) * step;
    }
    return table;
  }

  private static void check(DType dtype, int m, int n, int k, boolean packed, int begins) {
    IndirectMatrix products = Kernels.of(dtype).images().products();
    int wide = products.padded(n);
    Tensor a = random(1, dtype, 500);
    int[] rows = places(2, m + 3, 240, 1);
    boolean tabled = m % 2 == 0 || k > 200;
    int[] columns = places(3, k + 2, 240, 1);
    for (int p = 0; p < columns.length && !tabled; p++) {
      columns[p] = p;
    }
    Tensor b = random(4, dtype, k * n + 5);
    Tensor laid = Tensor.zeros(Shape.of(k * wide + 7), dtype);
    if (packed) {
      products.pack(k, n, b, 5, n, 1, laid, 7);
    } else {
      for (int i = 0; i < k * n; i++) {
        laid.set(7 + i / n * wide + i % n, b.get(5 + i));
      }
    }
    Tensor c = random(5, dtype, (m + 1) * wide + 11);
    // Rows of C in reverse order.
    int[] rowsC = new int[m + 1];
    for (int i = 0; i <= m; i++) {
      rowsC[i] = (m - i) * wide;
    }
    Tensor bias = random(6, dtype, wide);
    for (int j = n; j < wide; j++) {
      bias.set(j, 0);
      for (int i = 0; i <= m; i++) {
        c.set(11 + i * wide + j, 0);
      }
    }
    Tensor before = c.copy();
    Tensor first = begins == 0 ? null : begins == 1 ? bias : c;
    int strideB = packed ? IndirectMatrix.PACKED : wide;
    int[] table = tabled ? Arrays.copyOfRange(columns, 2, columns.length) : null;
    products.multiply(
        m,
        n,
        k,
        new IndirectOperand(rows, table).in(a, tabled ? 13 : 15).from(3),
        new Operand().of(laid, strideB).at(7),
        first,
        begins == 1,
        new IndirectOperand(rowsC).in(c, 11).from(1));
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < wide; j++) {
        int at = 11 + rowsC[1 + i] + j;
        double sum = begins == 0 ? 0 : begins == 1 ? bias.get(j) : before.get(at);
        for (int p = 0; p < k && j < n; p++) {
          sum += a.get(13 + rows[3 + i] + columns[2 + p]) * b.get(5 + p * n + j);
        }
        double bound = (dtype == DType.FLOAT32 ? 1e-5 : 1e-13) * (10 + k);
        assertThat(c.get(at))
            .as("%s %dx%dx%d at %d, %d", dtype, m, n, k, i, j)
            .isCloseTo(begins == 1 ? Math.max(0, sum) : sum, within(bound));
      }
    }
    for (int j = 0; j < wide; j++) {
      assertThat(c.get(11 + m * wide + j)).isEqualTo(before.get(11 + m * wide + j));
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyTileFollowsTheDefinition(DType dtype) {
    int lanes = Kernels.of(dtype).lanes();
    for (int vectors = 1; vectors <= 9; vectors++) {
      for (int m : new int[] {1, 2, 3, 4, 5, 7, 10, 12, 23}) {
        check(dtype, m, vectors * lanes - m % 3, 6, vectors % 2 == 0, m % 3);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void deepProductsAreDoneInParts(DType dtype) {
    for (int begins = 0; begins < 3; begins++) {
      check(dtype, 6, 20, 2500, begins == 1, begins);
    }
  }
}
