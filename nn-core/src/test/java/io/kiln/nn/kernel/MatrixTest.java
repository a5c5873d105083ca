package io.kiln.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("paths")
class MatrixTest {
  private static final int[][] SIZES = {
    {1, 1, 1},
    {8, 32, 16},
    {20, 25, 576},
    {50, 64, 500},
    {7, 33, 5},
    {9, 10, 300},
    {64, 10, 256},
    {300, 17, 40},
    {33, 100, 600},
    {521, 81, 141},
    {30, 37, 260},
    {26, 145, 530},
    {4, 70, 4},
    {16, 8, 64},
    {0, 3, 2},
    {3, 2, 0}
  };

  private static final class Product {
    private final boolean transposeA;
    private final boolean transposeB;
    private final int m;
    private final int n;
    private final int k;

    Product(boolean transposeA, boolean transposeB, int[] sizes) {
      this.transposeA = transposeA;
      this.transposeB = transposeB;
      m = sizes[0];
      n = sizes[1];
      k = sizes[2];
    }

    /** All with gaps between rows, and something before and after. */
    Tensor by(Matrix matrix, DType dtype, double alpha, double beta) {
      int strideA = (transposeA ? m : k) + 3;
      int strideB = (transposeB ? k : n) + 2;
      int strideC = n + 5;
      Tensor a = random(1, dtype, 4 + (transposeA ? k : m) * strideA);
      Tensor b = random(2, dtype, 9 + (transposeB ? n : k) * strideB);
      Tensor c = random(3, dtype, 6 + m * strideC);
      matrix.multiply(
          m,
          n,
          k,
          alpha,
          operand(a, strideA, transposeA).at(4),
          operand(b, strideB, transposeB).at(9),
          beta,
          operand(c, strideC, false).at(6));
      return c;
    }

    private static Operand operand(Tensor tensor, int stride, boolean transposed) {
      Operand operand = new Operand();
      return transposed ? operand.transposed(tensor, stride) : operand.of(tensor, stride);
    }

    @Override
    public String toString() {
      return m + "x" + n + "x" + k + (transposeA ? " Aᵀ" : " A") + (transposeB ? "·Bᵀ" : "·B");
    }
  }

  private static Tensor random(long seed, DType dtype, int count) {
    Tensor tensor = Tensor.zeros(Shape.of(count), dtype);
    for (int i = 0; i < count; i++) {
      tensor.set(i, CounterRng.of(seed).normal(i));
    }
    return tensor;
  }

  private static double number(Operand x, int i, int j) {
    int at = x.isTransposed() ? j * x.stride() + i : i * x.stride() + j;
    return x.tensor().get(x.first() - x.tensor().offset() + at);
  }

  /** The definition. */
  private static final Matrix DEFINITION =
      (m, n, k, alpha, a, b, beta, c) -> {
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int p = 0; p < k; p++) {
              sum += number(a, i, p) * number(b, p, j);
            }
            int to = c.first() + i * c.stride() + j - c.tensor().offset();
            c.tensor().set(to, alpha * sum + (beta == 0 ? 0 : beta * c.tensor().get(to)));
          }
        }
      };

  @Test
  void productsOfAllShapesAndStridesFollowTheDefinition() {
    for (DType dtype : DType.values()) {
      for (int[] sizes : SIZES) {
        for (boolean transposeA : List.of(false, true)) {
          for (boolean transposeB : List.of(false, true)) {
            for (double[] factors : new double[][] {{1, 0}, {1, 1}, {-0.5, 2}}) {
              Product product = new Product(transposeA, transposeB, sizes);
              Tensor expected = product.by(DEFINITION, dtype, factors[0], factors[1]);
              Tensor actual = product.by(Kernels.of(dtype).matrix(), dtype, factors[0], factors[1]);
              double bound = (dtype == DType.FLOAT32 ? 1e-5 : 1e-13) * (10 + sizes[2]);
              for (int i = 0; i < expected.count(); i++) {
                assertThat(actual.get(i))
                    .as("%s of %s at %d", dtype, product, i)
                    .isCloseTo(expected.get(i), within(bound));
              }
            }
          }
        }
      }
    }
  }

  @Test
  void vectorLoopsAreUsedWhereTheModuleIs() {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    boolean wanted = !System.getProperty("kiln.vector", "true").equals("false");
    boolean fused = !Machine.here().reason().contains("multiply-add");
    boolean has = Machine.here().hasVectors();
    assertThat(has).isEqualTo(present && wanted && fused);
    String name = Kernels.of(DType.FLOAT32).matrix().getClass().getName();
    assertThat(name).isEqualTo("io.kiln.nn.kernel." + (has ? "vector" : "plain") + ".FloatMatrix");
    assertThat(Blas.name().contains("Vector API")).isEqualTo(has);
  }
}
