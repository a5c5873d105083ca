package io.kiln.nn.op.algebra;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * y = x·Wᵀ + b for rows x of which most numbers are zero: {@link Affine} of a sparse input. The
 * work is that of the values that are there, not of all columns.
 *
 * <p>Shapes: x {@code [n, in]} in compressed rows, W {@code [out, in]}, b {@code [out]} → y {@code
 * [n, out]}.
 *
 * <p>Gradients: dW = dyᵀ·x, in the columns that x touches, db = Σ rows of dy; x has none. Sums are
 * made in the order of columns and rows, so the bits are always the same. Memory for the touched
 * columns grows with the fullest batch; then nothing is allocated.
 */
public final class SparseAffine extends Op {
  private final SparseRows x;
  private final int n;
  private final int in;
  private final int out;
  private final SparseRows packed;
  private final SparseRows turned = new SparseRows(0, 1);
  private int[] places = new int[0];
  private int[] touched = new int[0];
  private int count;
  private @Nullable Tensor room;

  private SparseAffine(SparseRows x, int n, int in, int out, Var... parameters) {
    super(Shape.of(n, out), parameters);
    this.x = x;
    this.n = n;
    this.in = in;
    this.out = out;
    this.packed = new SparseRows(in, n);
  }

  /**
   * Records y = x·Wᵀ + b.
   *
   * @param x a sparse leaf, see {@link io.kiln.nn.autograd.Tape#sparse}
   * @param b null for none
   */
  static Var of(Var x, SparseRows rows, Var w, @Nullable Var b) {
    int out = w.shape().size(0);
    int n = x.shape().size(0);
    int in = x.shape().size(1);
    return x.tape()
        .apply(
            b == null
                ? new SparseAffine(rows, n, in, out, w)
                : new SparseAffine(rows, n, in, out, w, b));
  }

  /** Notes which columns the values are in, in the order in which they first come. */
  private void touch() {
    if (places.length == 0) {
      places = new int[in];
      Arrays.fill(places, -1);
    }
    for (int p = 0; p < count; p++) {
      places[touched[p]] = -1;
    }
    count = 0;
    int[] columns = x.indices();
    int values = x.starts()[n];
    if (touched.length < Math.min(values, in)) {
      touched = Arrays.copyOf(touched, Math.min(in, values + values / 2));
    }
    for (int k = 0; k < values; k++) {
      if (places[columns[k]] < 0) {
        places[columns[k]] = count;
        touched[count++] = columns[k];
      }
    }
  }

  private Tensor room() {
    Tensor there = room;
    int needed = Math.multiplyExact(count, out);
    if (there == null || there.count() < needed) {
      int more = (int) Math.min((long) touched.length * out, Integer.MAX_VALUE - 8);
      there = Tensor.zeros(Shape.of(Math.max(needed, more)), output().tape().dtype());
      room = there;
    }
    return there;
  }

  @Override
  protected void forward() {
    Var w = input(0);
    Tensor y = output().value();
    if (inputs().size() == 2) {
      kernels().elementwise().repeatRow(input(1).value(), n, y);
    } else {
      y.fill(0);
    }
    touch();
    packed.renumbered(x, n, places);
    Tensor columns = room();
    kernels().sparse().pack(w.value(), in, out, touched, count, columns);
    kernels().sparse().multiply(packed, n, columns, out, 1, y);
  }

  @Override
  protected void backward() {
    Var w = input(0);
    Tensor dy = output().grad();
    if (inputs().size() == 2 && input(1).needsGrad()) {
      kernels().elementwise().sumRows(dy, n, input(1).gradBeta(), input(1).grad());
    }
    if (!w.needsGrad()) {
      return;
    }
    if (w.gradBeta() == 0) {
      w.grad().fill(0);
    }
    turned.transposed(packed, n, count);
    Tensor columns = room();
    kernels().sparse().multiply(turned, count, dy, out, 0, columns);
    kernels().sparse().addUnpacked(columns, in, out, touched, count, w.grad());
  }

  /** Of the rows that are there now. */
  @Override
  public long forwardFlops() {
    return 2L * x.starts()[n] * out;
  }

  @Override
  public long backwardFlops() {
    return input(0).needsGrad() ? forwardFlops() : 0;
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }
}
