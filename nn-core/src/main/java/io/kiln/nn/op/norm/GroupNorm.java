package io.kiln.nn.op.norm;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.RowNorm;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * y = (x − mean) / √(variance + ε)·w + b, with mean and variance of parts of each sample.
 *
 * <p>Of groups of channels: Wu and He 2018; one channel a group is instance norm, Ulyanov, Vedaldi
 * and Lempitsky 2016. Of the last axes together: layer norm, Ba, Kiros and Hinton 2016. The
 * variance divides by the count, as in PyTorch.
 *
 * <p>Shapes: x {@code [n, c, …]}, w and b {@code [c]} (of the last axes: x and w, b of those axes)
 * → y as x.
 *
 * <p>Gradient: dx = (g − mean(g) − x̂·mean(g·x̂)) / √(variance + ε) with g = dy·w; dw = Σ dy·x̂, db
 * = Σ dy.
 */
public final class GroupNorm extends Op {
  private final RowNorm.Layout layout;
  private final double epsilon;

  private GroupNorm(RowNorm.Layout layout, double epsilon, Var... inputs) {
    super(inputs[0].shape(), inputs);
    this.layout = layout;
    this.epsilon = epsilon;
  }

  /** Records the normalisation of groups of channels, with gain and offset. */
  public static Var of(Var x, int groups, double epsilon, Var w, Var b) {
    RowNorm.Layout layout = groups(x, groups);
    Shape channels = Shape.of(x.shape().size(1));
    checkAffine("group-norm", channels, w, b);
    return x.tape().apply(new GroupNorm(layout, epsilon, x, w, b));
  }

  /** Records the normalisation of groups of channels. */
  public static Var of(Var x, int groups, double epsilon) {
    return x.tape().apply(new GroupNorm(groups(x, groups), epsilon, x));
  }

  /** Records the normalisation over the last axes, with gain and offset. */
  public static Var overLast(Var x, int axes, double epsilon, Var w, Var b) {
    RowNorm.Layout layout = last(x, axes);
    int rank = x.shape().rank();
    int[] sizes = java.util.Arrays.copyOfRange(x.shape().sizes(), rank - axes, rank);
    checkAffine("layer-norm", Shape.of(sizes), w, b);
    return x.tape().apply(new GroupNorm(layout, epsilon, x, w, b));
  }

  /** Records the normalisation over the last axes. */
  public static Var overLast(Var x, int axes, double epsilon) {
    return x.tape().apply(new GroupNorm(last(x, axes), epsilon, x));
  }

  private static RowNorm.Layout groups(Var x, int groups) {
    Shape shape = x.shape();
    Check.that(shape.rank() >= 2, "group-norm: x is " + shape + " but [n, channels, …] is needed");
    int channels = shape.size(1);
    Check.that(
        groups > 0 && channels % groups == 0,
        "group-norm: x is "
            + shape
            + " but its "
            + channels
            + " channels do not split into "
            + groups
            + " groups; choose a divisor of "
            + channels);
    int places = shape.count(2, shape.rank());
    Check.that(
        channels / groups * places > 1,
        "group-norm: x is "
            + shape
            + " and each of "
            + groups
            + " groups has one number, which would always become 0; normalize more at once");
    return new RowNorm.Layout(shape.size(0) * groups, groups, channels / groups, places);
  }

  private static RowNorm.Layout last(Var x, int axes) {
    Shape shape = x.shape();
    Check.that(
        axes >= 1 && axes < shape.rank(),
        "layer-norm: x is " + shape + " but " + axes + " axes after the first are needed");
    int split = shape.rank() - axes;
    Check.that(
        shape.count(split, shape.rank()) > 1,
        "layer-norm: x is "
            + shape
            + " and its last axes have one number, which would always become 0; normalize more at"
            + " once");
    return new RowNorm.Layout(shape.count(0, split), 1, shape.count(split, shape.rank()), 1);
  }

  private static void checkAffine(String where, Shape needed, Var w, Var b) {
    Check.that(
        w.shape().equals(needed) && b.shape().equals(needed),
        where + ": w is " + w.shape() + " and b is " + b.shape() + " but both need " + needed);
  }

  private @Nullable Tensor parameter(int i) {
    return inputs().size() > i ? input(i).value() : null;
  }

  @Override
  protected void forward() {
    kernels()
        .rowNorm()
        .forward(
            layout,
            epsilon,
            input(0).value(),
            parameter(1),
            parameter(2),
            output().value(),
            state());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Tensor dw = gradient(1);
    Tensor db = gradient(2);
    Tensor dx = x.needsGrad() ? x.gradTarget() : null;
    kernels()
        .rowNorm()
        .backward(layout, x.value(), parameter(1), output().grad(), state(), dx, dw, db);
    if (x.needsGrad()) {
      x.gradDone();
    }
  }

  /** The gradient of a parameter, ready to be added to. */
  private @Nullable Tensor gradient(int i) {
    if (inputs().size() <= i || !input(i).needsGrad()) {
      return null;
    }
    if (input(i).gradBeta() == 0) {
      input(i).grad().fill(0);
    }
    return input(i).grad();
  }

  @Override
  protected boolean gradientRunsInPlace() {
    return true;
  }

  @Override
  protected long stateSize() {
    return 3L * layout.rows();
  }

  @Override
  public long forwardFlops() {
    return 8L * input(0).shape().count();
  }

  @Override
  public long backwardFlops() {
    return 12L * input(0).shape().count();
  }
}
