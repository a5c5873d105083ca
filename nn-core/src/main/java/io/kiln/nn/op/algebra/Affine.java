package io.kiln.nn.op.algebra;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Choices;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;

/**
 * y = x·Wᵀ + b, the operation of a fully connected layer, with PyTorch's layout of W.
 *
 * <p>Shapes: x {@code [n, in]}, W {@code [out, in]}, b {@code [out]} → y {@code [n, out]}.
 *
 * <p>A sparse x has an op of its own, {@link SparseAffine}.
 *
 * <p>Gradients: dx = dy·W, dW = dyᵀ·x, db = Σ rows of dy.
 */
public final class Affine extends Op {
  private final Operand left = new Operand();
  private final Operand right = new Operand();
  private final Operand result = new Operand();
  private final int n;
  private final int in;
  private final int out;

  private Affine(Var[] inputs, int n, int in, int out) {
    super(Shape.of(n, out), inputs);
    this.n = n;
    this.in = in;
    this.out = out;
  }

  /** Records y = x·Wᵀ + b. */
  public static Var of(Var x, Var w, Var b) {
    int out = check(x, w);
    Check.that(
        b.shape().equals(Shape.of(out)),
        "dense: b is " + b.shape() + " but W is " + w.shape() + "; b needs [" + out + "]");
    SparseRows rows = x.sparse();
    if (rows != null) {
      return SparseAffine.of(x, rows, w, b);
    }
    return x.tape()
        .apply(new Affine(new Var[] {x, w, b}, x.shape().size(0), w.shape().size(1), out));
  }

  /** Records y = x·Wᵀ. */
  public static Var of(Var x, Var w) {
    int out = check(x, w);
    SparseRows rows = x.sparse();
    if (rows != null) {
      return SparseAffine.of(x, rows, w, null);
    }
    return x.tape().apply(new Affine(new Var[] {x, w}, x.shape().size(0), w.shape().size(1), out));
  }

  private static int check(Var x, Var w) {
    Check.rank("dense", "x", x, 2);
    Check.rank("dense", "W", w, 2);
    int in = w.shape().size(1);
    Check.that(
        x.shape().size(1) == in,
        "dense: x is " + x.shape() + " but W is " + w.shape() + "; x needs " + in + " columns");
    return w.shape().size(0);
  }

  /** Whether it is W·xᵀ and a transposition. */
  private boolean computesTransposed() {
    return Choices.here().turnsDense(n, in, out);
  }

  @Override
  protected long scratchSize() {
    return computesTransposed() ? (long) n * out : 0;
  }

  @Override
  protected void forward() {
    Tensor x = input(0).value();
    Tensor w = input(1).value();
    Tensor y = output().value();
    boolean biased = inputs().size() == 3;
    if (computesTransposed()) {
      kernels()
          .matrix()
          .multiply(
              out, n, in, 1, left.of(w, in), right.transposed(x, in), 0, result.of(scratch(), n));
      kernels().elementwise().transpose(scratch(), out, n, y);
      if (biased) {
        kernels().elementwise().addRow(input(2).value(), n, y);
      }
      return;
    }
    if (biased) {
      kernels().elementwise().repeatRow(input(2).value(), n, y);
    }
    double beta = biased ? 1 : 0;
    kernels()
        .matrix()
        .multiply(n, out, in, 1, left.of(x, in), right.transposed(w, in), beta, result.of(y, out));
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Var w = input(1);
    if (w.needsGrad()) {
      left.transposed(output().grad(), out);
      right.of(x.value(), in);
      kernels()
          .matrix()
          .multiply(out, in, n, 1, left, right, w.gradBeta(), result.of(w.grad(), in));
    }
    if (inputs().size() == 3 && input(2).needsGrad()) {
      Var bias = input(2);
      kernels().elementwise().sumRows(output().grad(), n, bias.gradBeta(), bias.grad());
    }
    if (x.needsGrad()) {
      left.of(output().grad(), out);
      right.of(w.value(), in);
      kernels()
          .matrix()
          .multiply(n, in, out, 1, left, right, x.gradBeta(), result.of(x.grad(), in));
    }
  }

  @Override
  public long forwardFlops() {
    return 2L * n * in * out;
  }

  @Override
  public long backwardFlops() {
    int products = (input(0).needsGrad() ? 1 : 0) + (input(1).needsGrad() ? 1 : 0);
    return products * forwardFlops();
  }
}
