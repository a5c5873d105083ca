package io.kiln.nn.op.algebra;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;

/**
 * C = A·B for the matrices of the last two axes, one product for each index of the axes before
 * them.
 *
 * <p>Shapes: A {@code […, m, k]}, B {@code […, k, n]} with the same leading axes → C {@code […, m,
 * n]}.
 *
 * <p>Gradients: dA = dC·Bᵀ, dB = Aᵀ·dC.
 */
public final class MatrixMultiply extends Op {
  private final Operand left = new Operand();
  private final Operand right = new Operand();
  private final Operand result = new Operand();
  private final int batch;
  private final int m;
  private final int n;
  private final int k;

  private MatrixMultiply(Var a, Var b, Shape shape, int batch) {
    super(shape, a, b);
    this.batch = batch;
    this.m = a.shape().size(-2);
    this.n = b.shape().size(-1);
    this.k = a.shape().size(-1);
  }

  /** Records A·B of two matrices. */
  public static Var of(Var a, Var b) {
    Check.rank("matrix-multiply", "A", a, 2);
    Check.rank("matrix-multiply", "B", b, 2);
    return record(a, b);
  }

  /** Records A·B for each index of the leading axes. */
  static Var record(Var a, Var b) {
    int rank = a.shape().rank();
    int[] sizes = a.shape().sizes();
    int[] others = b.shape().sizes();
    Check.that(
        rank >= 2
            && b.shape().rank() == rank
            && Arrays.equals(sizes, 0, rank - 2, others, 0, rank - 2)
            && sizes[rank - 1] == others[rank - 2],
        "matrix-multiply: A is "
            + a.shape()
            + " but B is "
            + b.shape()
            + "; A […, m, k] needs B […, k, n] with the same leading axes");
    int batch = a.shape().count(0, rank - 2);
    return a.tape().apply(new MatrixMultiply(a, b, a.shape().with(-1, b.shape().size(-1)), batch));
  }

  @Override
  protected void forward() {
    Tensor a = input(0).value();
    Tensor b = input(1).value();
    Tensor c = output().value();
    for (int i = 0; i < batch; i++) {
      kernels()
          .matrix()
          .multiply(
              m,
              n,
              k,
              1,
              left.of(a, k).at(i * m * k),
              right.of(b, n).at(i * k * n),
              0,
              result.of(c, n).at(i * m * n));
    }
  }

  @Override
  protected void backward() {
    Var a = input(0);
    Var b = input(1);
    Tensor dc = output().grad();
    if (a.needsGrad()) {
      double beta = a.gradBeta();
      for (int i = 0; i < batch; i++) {
        kernels()
            .matrix()
            .multiply(
                m,
                k,
                n,
                1,
                left.of(dc, n).at(i * m * n),
                right.transposed(b.value(), n).at(i * k * n),
                beta,
                result.of(a.grad(), k).at(i * m * k));
      }
    }
    if (b.needsGrad()) {
      double beta = b.gradBeta();
      for (int i = 0; i < batch; i++) {
        kernels()
            .matrix()
            .multiply(
                k,
                n,
                m,
                1,
                left.transposed(a.value(), k).at(i * m * k),
                right.of(dc, n).at(i * m * n),
                beta,
                result.of(b.grad(), n).at(i * k * n));
      }
    }
  }

  @Override
  public long forwardFlops() {
    return 2L * batch * m * n * k;
  }

  @Override
  public long backwardFlops() {
    return 2 * forwardFlops();
  }
}
