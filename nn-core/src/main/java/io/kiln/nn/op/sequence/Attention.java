package io.kiln.nn.op.sequence;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Matrix;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention in several heads: y = softmax(Q·Kᵀ / √(d / heads) + mask)·V in each.
 * Vaswani et al. 2017, "Attention is all you need".
 *
 * <p>Shapes: Q {@code [n, q, d]}, K and V {@code [n, k, d]}, or all three side by side as {@code
 * [n, t, 3d]} → y {@code [n, q, d]}. Head i is columns i·d/heads to (i + 1)·d/heads; nothing is
 * copied. A query that sees no key gives NaN, as in PyTorch.
 */
public final class Attention extends Op {
  private final Operand left = new Operand();
  private final Operand right = new Operand();
  private final Operand result = new Operand();
  private final int heads;
  private final boolean causal;
  private final @Nullable Var mask;
  private final int n;
  private final int queries;
  private final int keys;
  private final int d;
  private final Tensor none;
  private final double[] beta = new double[3];

  private Attention(
      Var[] inputs, Shape shape, int keys, int heads, boolean causal, @Nullable Var mask) {
    super(shape, inputs);
    this.heads = heads;
    this.causal = causal;
    this.mask = mask;
    this.n = shape.size(0);
    this.queries = shape.size(1);
    this.d = shape.size(2);
    this.keys = keys;
    this.none = Tensor.zeros(Shape.of(0), inputs[0].tape().dtype());
  }

  /**
   * Records self-attention.
   *
   * @param qkv Q, K and V side by side {@code [n, t, 3d]}
   * @param causal whether a step sees only itself and those before
   * @param mask {@code [n, t]}, 0 where a step is hidden; or null
   */
  public static Var self(Var qkv, int heads, boolean causal, @Nullable Var mask) {
    Check.rank("attention", "x", qkv, 3);
    Shape shape = qkv.shape();
    Check.that(
        shape.size(2) % 3 == 0,
        "attention: x is " + shape + " but needs Q, K and V side by side, 3·d columns");
    return record(
        new Var[] {qkv}, shape.with(2, shape.size(2) / 3), shape.size(1), heads, causal, mask);
  }

  /** Records attention of queries to keys and values from elsewhere. */
  public static Var of(Var q, Var k, Var v, int heads, boolean causal, @Nullable Var mask) {
    Check.rank("attention", "Q", q, 3);
    Check.rank("attention", "K", k, 3);
    Check.sameShape("attention", k, v);
    Check.that(
        q.shape().size(0) == k.shape().size(0) && q.shape().size(2) == k.shape().size(2),
        "attention: Q is "
            + q.shape()
            + " but K is "
            + k.shape()
            + "; samples and columns must be equal");
    return record(new Var[] {q, k, v}, q.shape(), k.shape().size(1), heads, causal, mask);
  }

  private static Var record(
      Var[] inputs, Shape shape, int keys, int heads, boolean causal, @Nullable Var mask) {
    Check.that(
        heads > 0 && shape.size(2) % heads == 0,
        "attention: "
            + heads
            + " heads came but there are "
            + shape.size(2)
            + " columns; the heads must divide them");
    Check.that(
        mask == null || mask.shape().equals(Shape.of(shape.size(0), keys)),
        "attention: mask is "
            + (mask == null ? "" : mask.shape())
            + " but ["
            + shape.size(0)
            + ", "
            + keys
            + "] is needed");
    Var[] all = inputs;
    if (mask != null) {
      all = java.util.Arrays.copyOf(inputs, inputs.length + 1);
      all[inputs.length] = mask;
    }
    return inputs[0].tape().apply(new Attention(all, shape, keys, heads, causal, mask));
  }

  private boolean isPacked() {
    return input(0).shape().size(2) == 3 * d;
  }

  /** Which of Q, K, V: 0, 1, 2. */
  private Var part(int which) {
    return isPacked() ? input(0) : input(which);
  }

  private int stride() {
    return isPacked() ? 3 * d : d;
  }

  private int at(int which, int sample, int head) {
    int rows = which == 0 ? queries : keys;
    return sample * rows * stride() + (isPacked() ? which * d : 0) + head * (d / heads);
  }

  private int scores(int sample, int head) {
    return (sample * heads + head) * queries * keys;
  }

  private double scale() {
    return 1 / Math.sqrt((double) d / heads);
  }

  @Override
  protected long stateSize() {
    return (long) n * heads * queries * keys;
  }

  @Override
  protected long scratchSize() {
    return stateSize();
  }

  @Override
  protected void forward() {
    Matrix matrix = kernels().matrix();
    Tensor p = state();
    int width = d / heads;
    int stride = stride();
    for (int i = 0; i < n; i++) {
      for (int head = 0; head < heads; head++) {
        matrix.multiply(
            queries,
            keys,
            width,
            scale(),
            left.of(part(0).value(), stride).at(at(0, i, head)),
            right.transposed(part(1).value(), stride).at(at(1, i, head)),
            0,
            result.of(p, keys).at(scores(i, head)));
      }
    }
    if (causal || mask != null) {
      Tensor seen = mask == null ? none : mask.value();
      kernels().strides().hide(p, n, heads, queries, keys, causal, seen);
    }
    kernels().softmax().softmax(p, n * heads * queries, keys, p);
    for (int i = 0; i < n; i++) {
      for (int head = 0; head < heads; head++) {
        matrix.multiply(
            queries,
            width,
            keys,
            1,
            left.of(p, keys).at(scores(i, head)),
            right.of(part(2).value(), stride).at(at(2, i, head)),
            0,
            result.of(output().value(), d).at(i * queries * d + head * width));
      }
    }
  }

  @Override
  protected void backward() {
    Matrix matrix = kernels().matrix();
    Tensor p = state();
    Tensor ds = scratch();
    Tensor dy = output().grad();
    int width = d / heads;
    int stride = stride();
    takeBetas();
    for (int i = 0; i < n; i++) {
      for (int head = 0; head < heads; head++) {
        int out = i * queries * d + head * width;
        matrix.multiply(
            queries,
            keys,
            width,
            1,
            left.of(dy, d).at(out),
            right.transposed(part(2).value(), stride).at(at(2, i, head)),
            0,
            result.of(ds, keys).at(scores(i, head)));
        if (part(2).needsGrad()) {
          matrix.multiply(
              keys,
              width,
              queries,
              1,
              left.transposed(p, keys).at(scores(i, head)),
              right.of(dy, d).at(out),
              beta[2],
              result.of(part(2).grad(), stride).at(at(2, i, head)));
        }
      }
    }
    kernels().softmax().softmaxBackward(p, ds, n * heads * queries, keys, ds);
    for (int i = 0; i < n; i++) {
      for (int head = 0; head < heads; head++) {
        if (part(0).needsGrad()) {
          matrix.multiply(
              queries,
              width,
              keys,
              scale(),
              left.of(ds, keys).at(scores(i, head)),
              right.of(part(1).value(), stride).at(at(1, i, head)),
              beta[0],
              result.of(part(0).grad(), stride).at(at(0, i, head)));
        }
        if (part(1).needsGrad()) {
          matrix.multiply(
              keys,
              width,
              queries,
              scale(),
              left.transposed(ds, keys).at(scores(i, head)),
              right.of(part(0).value(), stride).at(at(0, i, head)),
              beta[1],
              result.of(part(1).grad(), stride).at(at(1, i, head)));
        }
      }
    }
  }

  /** Whether Q, K, V add to their gradients; V comes first, then Q, then K. */
  private void takeBetas() {
    if (isPacked()) {
      java.util.Arrays.fill(beta, input(0).gradBeta());
      return;
    }
    beta[2] = part(2).needsGrad() ? part(2).gradBeta() : 0;
    beta[0] = part(0).needsGrad() ? part(0).gradBeta() : 0;
    beta[1] = part(1).needsGrad() ? part(1).gradBeta() : 0;
  }

  @Override
  public long forwardFlops() {
    return 4L * n * queries * keys * d;
  }

  @Override
  public long backwardFlops() {
    return 2 * forwardFlops();
  }
}
