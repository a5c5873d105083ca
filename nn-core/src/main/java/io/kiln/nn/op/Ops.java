package io.kiln.nn.op;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.algebra.Affine;
import io.kiln.nn.op.algebra.Einsum;
import io.kiln.nn.op.algebra.MatrixMultiply;
import io.kiln.nn.op.arithmetic.Activation;
import io.kiln.nn.op.arithmetic.Add;
import io.kiln.nn.op.arithmetic.Broadcast;
import io.kiln.nn.op.arithmetic.CumulativeSum;
import io.kiln.nn.op.arithmetic.Divide;
import io.kiln.nn.op.arithmetic.Exp;
import io.kiln.nn.op.arithmetic.Extreme;
import io.kiln.nn.op.arithmetic.Larger;
import io.kiln.nn.op.arithmetic.Log;
import io.kiln.nn.op.arithmetic.Multiply;
import io.kiln.nn.op.arithmetic.OneHot;
import io.kiln.nn.op.arithmetic.ParametricRelu;
import io.kiln.nn.op.arithmetic.Power;
import io.kiln.nn.op.arithmetic.Relu;
import io.kiln.nn.op.arithmetic.Subtract;
import io.kiln.nn.op.arithmetic.SumAxes;
import io.kiln.nn.op.arithmetic.Unary;
import io.kiln.nn.op.arithmetic.Where;
import io.kiln.nn.op.image.AvgPool2d;
import io.kiln.nn.op.image.Conv2d;
import io.kiln.nn.op.image.MaxPool2d;
import io.kiln.nn.op.image.Pool;
import io.kiln.nn.op.image.Sliding;
import io.kiln.nn.op.norm.LocalResponseNorm;
import io.kiln.nn.op.norm.Softmax;
import io.kiln.nn.op.sequence.Embedding;
import io.kiln.nn.op.shape.Concat;
import io.kiln.nn.op.shape.Permute;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.op.shape.Reverse;
import io.kiln.nn.op.shape.Slice;
import io.kiln.nn.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All operations as functions: what layers and graphs of one's own are written with. The classes
 * say what each does; layers of the same names are another matter.
 *
 * <p>Two operands are broadcast as in numpy.
 */
public final class Ops {
  private Ops() {}

  /** x + y. */
  public static Var add(Var x, Var y) {
    return Add.of(x, y);
  }

  /** x + y. */
  public static Var add(Var x, double y) {
    return Add.of(x, y);
  }

  /** x − y. */
  public static Var subtract(Var x, Var y) {
    return Subtract.of(x, y);
  }

  /** x − y. */
  public static Var subtract(double x, Var y) {
    return Subtract.of(x, y);
  }

  /** x·y, elementwise. */
  public static Var multiply(Var x, Var y) {
    return Multiply.of(x, y);
  }

  /** x·y. */
  public static Var multiply(Var x, double y) {
    return Multiply.of(x, y);
  }

  /** x / y. */
  public static Var divide(Var x, Var y) {
    return Divide.of(x, y);
  }

  /** x / y. */
  public static Var divide(Var x, double y) {
    return Multiply.of(x, 1 / y);
  }

  /** xʸ. */
  public static Var power(Var x, Var y) {
    return Power.of(x, y);
  }

  /** xʸ. */
  public static Var power(Var x, double y) {
    return Power.of(x, y);
  }

  /** The larger of each two. */
  public static Var maximum(Var x, Var y) {
    return Larger.maximum(x, y);
  }

  /** The smaller of each two. */
  public static Var minimum(Var x, Var y) {
    return Larger.minimum(x, y);
  }

  /** x where condition is not 0, else y. */
  public static Var where(Var condition, Var x, Var y) {
    return Where.of(condition, x, y);
  }

  /** eˣ. */
  public static Var exp(Var x) {
    return Exp.of(x);
  }

  /** log x, natural. */
  public static Var log(Var x) {
    return Log.of(x);
  }

  /** |x|. */
  public static Var abs(Var x) {
    return Unary.abs(x);
  }

  /** min(max(x, least), most). */
  public static Var clip(Var x, double least, double most) {
    return Unary.clip(x, least, most);
  }

  /** erf x. */
  public static Var erf(Var x) {
    return Unary.erf(x);
  }

  /** max(x, 0). */
  public static Var relu(Var x) {
    return Relu.of(x);
  }

  /** 1 / (1 + e⁻ˣ). */
  public static Var sigmoid(Var x) {
    return Activation.sigmoid(x);
  }

  /** min(max(x/6 + ½, 0), 1). */
  public static Var hardSigmoid(Var x) {
    return Unary.hardSigmoid(x, 1.0 / 6, 0.5);
  }

  /** tanh x. */
  public static Var tanh(Var x) {
    return Activation.tanh(x);
  }

  /** x / (1 + |x|). */
  public static Var softsign(Var x) {
    return Unary.softsign(x);
  }

  /** x·Φ(x). */
  public static Var gelu(Var x) {
    return Activation.of(Nonlinearity.GELU, x);
  }

  /** x·sigmoid(x). */
  public static Var silu(Var x) {
    return Activation.of(Nonlinearity.SILU, x);
  }

  /** x where it is above 0, else slope·x with learned slopes. */
  public static Var prelu(Var x, Var slope) {
    return ParametricRelu.of(x, slope);
  }

  /** Softmax over an axis; a negative one counts from the end. */
  public static Var softmax(Var x, int axis) {
    return Softmax.of(x, axis);
  }

  /** Logarithm of the softmax over an axis. */
  public static Var logSoftmax(Var x, int axis) {
    return Softmax.logarithm(x, axis);
  }

  /** Sum of all elements, []. */
  public static Var sum(Var x) {
    return SumAxes.all(x);
  }

  /** Sum over axes, which the result no longer has. */
  public static Var sum(Var x, int... axes) {
    return SumAxes.of(x, axes);
  }

  /** Mean of all elements, []. */
  public static Var mean(Var x) {
    return Multiply.of(SumAxes.all(x), 1.0 / Math.max(1, x.shape().count()));
  }

  /** The largest along an axis, which the result no longer has. */
  public static Var max(Var x, int axis) {
    return Extreme.maximum(x, axis);
  }

  /** The smallest along an axis. */
  public static Var min(Var x, int axis) {
    return Extreme.minimum(x, axis);
  }

  /** Where the first of the largest along an axis is; no gradient. */
  public static Var argmax(Var x, int axis) {
    return Extreme.argmax(x, axis);
  }

  /** Sums of all up to each, along an axis. */
  public static Var cumulativeSum(Var x, int axis) {
    return CumulativeSum.of(x, axis);
  }

  /** x {@code [n, in]}, w {@code [out, in]}, b {@code [out]} → x·wᵀ + b. */
  public static Var affine(Var x, Var w, Var b) {
    return Affine.of(x, w, b);
  }

  /** Product of matrices. */
  public static Var matrixMultiply(Var x, Var y) {
    return MatrixMultiply.of(x, y);
  }

  /** Sums of products as Einstein wrote them, {@code "bij,bjk->bik"}. */
  public static Var einsum(String equation, Var... operands) {
    return Einsum.of(equation, operands);
  }

  /** x under another shape. */
  public static Var reshape(Var x, int... sizes) {
    return Reshape.of(x, Shape.of(sizes));
  }

  /** x {@code [n, …]} as {@code [n, rest]}. */
  public static Var flatten(Var x) {
    return Reshape.flatten(x);
  }

  /** x with its axes in another order. */
  public static Var permute(Var x, int... order) {
    return Permute.of(x, order);
  }

  /** x repeated to that shape. */
  public static Var broadcast(Var x, int... sizes) {
    return Broadcast.of(x, Shape.of(sizes));
  }

  /** Indices from (inclusive) to (exclusive) of an axis. */
  public static Var slice(Var x, int axis, int from, int to) {
    return Slice.of(x, axis, from, to);
  }

  /** x in reverse order along an axis. */
  public static Var reverse(Var x, int axis) {
    return Reverse.of(x, axis);
  }

  /** Parts one after another along an axis. */
  public static Var concat(int axis, Var... parts) {
    return Concat.of(axis, List.of(parts));
  }

  /** x {@code [n, c, h, w]}, w {@code [filters, c, kh, kw]}, b {@code [filters]} or null. */
  public static Var conv2d(Var x, Var w, @Nullable Var b, Sliding sliding) {
    return Conv2d.of(x, w, b, sliding, 1);
  }

  /** The same of channels in groups: w {@code [filters, c/groups, kh, kw]}. */
  public static Var conv2d(Var x, Var w, @Nullable Var b, Sliding sliding, int groups) {
    return Conv2d.of(x, w, b, sliding, groups);
  }

  /** The largest of each window, x {@code [n, c, h, w]}. */
  public static Var maxPool2d(Var x, Pool pool) {
    return MaxPool2d.of(x, pool);
  }

  /** The mean of each window, x {@code [n, c, h, w]}. */
  public static Var avgPool2d(Var x, Pool pool) {
    return AvgPool2d.of(x, pool);
  }

  /** x divided by what it and neighbouring channels are together. */
  public static Var localResponseNorm(Var x, int size, double alpha, double beta, double k) {
    return LocalResponseNorm.of(x, size, alpha, beta, k);
  }

  /** Rows of a table w {@code [words, d]} by their numbers {@code […]}. */
  public static Var embedding(Var index, Var w) {
    return Embedding.of(index, w);
  }

  /** Rows of zeros with a 1 at the index. */
  public static Var oneHot(Var index, int classes) {
    return OneHot.of(index, classes);
  }
}
