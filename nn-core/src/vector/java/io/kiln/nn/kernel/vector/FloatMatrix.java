package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Choices;
import io.kiln.nn.kernel.Matrix;
import io.kiln.nn.kernel.Operand;
import jdk.incubator.vector.FloatVector;

/**
 * Products in float32 with the Vector API: tiles of C are summed in registers, from the rows of A
 * as they lie and from panels of B that stay in the first-level cache (Goto and van de Geijn 2008,
 * "Anatomy of high-performance matrix multiplication").
 *
 * <p>What goes to the BLAS instead is said by {@link Choices}.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatMatrix implements Matrix {
  private static final int LANES = FloatTiles.LANES;

  private final Matrix blas;
  private final Choices choices = Choices.here();
  private final ThreadLocal<Memory> memory = ThreadLocal.withInitial(Memory::new);

  /** Working memory of a thread. */
  private static final class Memory {
    private final FloatProduct product = new FloatProduct();
    private final FloatTurned turned = new FloatTurned();
    private float[] sums = new float[0];

    float[] sums(int count) {
      if (sums.length < count) {
        sums = new float[count];
      }
      return sums;
    }
  }

  FloatMatrix(Matrix blas) {
    this.blas = blas;
  }

  @Override
  public void multiply(
      int m, int n, int k, double alpha, Operand a, Operand b, double beta, Operand c) {
    if (!choices.multipliesByVectors(m, n, k) || alpha == 0) {
      blas.multiply(m, n, k, alpha, a, b, beta, c);
      return;
    }
    float[] cs = c.tensor().floats();
    int to = c.first();
    int strideC = c.stride();
    // C = α·(A·B + (β/α)·C): the tiles know nothing of factors.
    if (beta != 0 && beta != alpha) {
      scaleRows(cs, to, strideC, m, n, (float) (beta / alpha));
    }
    boolean adds = beta != 0;
    // C = A·Bᵀ is also Cᵀ = B·Aᵀ: what must be turned round, element by element, is then smaller.
    boolean turned =
        b.isTransposed() && (a.isTransposed() || (long) m * (k + 2L * n) < (long) n * k);
    float[] as = a.tensor().floats();
    float[] bs = b.tensor().floats();
    int fromA = a.first();
    int fromB = b.first();
    int downA = a.down();
    int acrossA = a.across();
    int downB = b.down();
    int acrossB = b.across();
    if (turned) {
      int width = (m + LANES - 1) / LANES * LANES;
      float[] sums = memory.get().sums(n * width);
      product(n, m, k, bs, fromB, acrossB, downB, as, fromA, acrossA, downA, false, sums, 0, width);
      FloatPanels.turn(sums, 0, width, n, m, adds, cs, to, strideC);
    } else {
      product(m, n, k, as, fromA, downA, acrossA, bs, fromB, downB, acrossB, adds, cs, to, strideC);
    }
    if (alpha != 1) {
      scaleRows(cs, to, strideC, m, n, (float) alpha);
    }
  }

  private static void scaleRows(float[] c, int at, int stride, int m, int n, float factor) {
    for (int i = 0; i < m; i++) {
      int row = at + i * stride;
      int j = 0;
      for (; j <= n - LANES; j += LANES) {
        FloatVector.fromArray(FloatTiles.SPECIES, c, row + j).mul(factor).intoArray(c, row + j);
      }
      for (; j < n; j++) {
        c[row + j] *= factor;
      }
    }
  }

  private void product(
      int m,
      int n,
      int k,
      float[] a,
      int atA,
      int downA,
      int acrossA,
      float[] b,
      int atB,
      int downB,
      int acrossB,
      boolean adds,
      float[] c,
      int atC,
      int downC) {
    Memory own = memory.get();
    if (acrossA != 1 && downA == 1 && m >= LANES) {
      own.turned.multiply(m, n, k, a, atA, acrossA, b, atB, downB, acrossB, adds, c, atC, downC);
      return;
    }
    own.product
        .left(m, a, atA, downA, acrossA)
        .right(n, b, atB, downB, acrossB)
        .run(k, adds, c, atC, downC);
  }
}
