package io.kiln.nn.op.image;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.conv.ColumnsFilter;
import io.kiln.nn.conv.ConvTensors;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Transposed convolution: the gradient of a {@link Conv2d} with respect to its image, as an
 * operation of its own, by PyTorch's definition.
 *
 * <p>Shapes: x {@code [n, c, h, w]}, weight {@code [c, k/groups, kh, kw]}, bias {@code [k]} → y
 * {@code [n, k, oh, ow]} with oh = (h − 1)·stride − padding + dilation·(kh − 1) + 1 + more.
 *
 * <p>Gradients: dx is the convolution of dy with the weight, dw the correlation of dy with x, db
 * the sum of dy.
 */
public final class ConvTranspose2d extends Op {
  private final ColumnsFilter filter;
  private final ConvTensors tensors = new ConvTensors();
  private final Tensor none;

  private ConvTranspose2d(Var[] inputs, Shape shape, ColumnsFilter filter) {
    super(shape, inputs);
    this.filter = filter;
    this.none = Tensor.zeros(Shape.of(0), inputs[0].tape().dtype());
  }

  /**
   * Records a transposed convolution.
   *
   * @param b null for none
   * @param moreH rows added below the output, fewer than the stride or the dilation
   * @param moreW columns added on its right
   */
  public static Var of(
      Var x, Var w, @Nullable Var b, Sliding sliding, int moreH, int moreW, int groups) {
    Check.rank("conv-transpose2d", "x", x, 4);
    Check.rank("conv-transpose2d", "weight", w, 4);
    int channels = x.shape().size(1);
    int filters = w.shape().size(1) * groups;
    Check.that(
        groups > 0 && channels % groups == 0 && w.shape().size(0) == channels,
        "conv-transpose2d: x is "
            + x.shape()
            + " but weight is "
            + w.shape()
            + " in "
            + groups
            + " groups; x needs "
            + w.shape().size(0)
            + " channels, a multiple of the groups");
    Check.that(
        b == null || b.shape().equals(Shape.of(filters)),
        "conv-transpose2d: bias is "
            + (b == null ? "" : b.shape())
            + " but weight is "
            + w.shape()
            + "; bias needs ["
            + filters
            + "]");
    Check.that(
        moreH >= 0
            && moreW >= 0
            && moreH < Math.max(sliding.strideH(), sliding.dilationH())
            && moreW < Math.max(sliding.strideW(), sliding.dilationW()),
        "conv-transpose2d: output padding ["
            + moreH
            + ", "
            + moreW
            + "] came but it must be less than stride or dilation");
    int kernelH = w.shape().size(2);
    int kernelW = w.shape().size(3);
    int inH = x.shape().size(2);
    int inW = x.shape().size(3);
    int outH =
        (inH - 1) * sliding.strideH()
            - sliding.padTop()
            - sliding.padBottom()
            + sliding.dilationH() * (kernelH - 1)
            + 1
            + moreH;
    int outW =
        (inW - 1) * sliding.strideW()
            - sliding.padLeft()
            - sliding.padRight()
            + sliding.dilationW() * (kernelW - 1)
            + 1
            + moreW;
    Check.that(
        outH > 0 && outW > 0,
        "conv-transpose2d: the output would be [" + outH + ", " + outW + "]; give less padding");
    // The convolution whose image is y and whose maps are x.
    Window window = sliding.over("conv-transpose2d", outH, outW, kernelH, kernelW, false);
    int n = x.shape().size(0);
    ColumnsFilter filter =
        new ColumnsFilter(
            x.tape().kernels(),
            x.tape().dtype(),
            n,
            /* channels= */ filters,
            /* filters= */ channels,
            groups,
            window);
    Var[] inputs = b == null ? new Var[] {x, w} : new Var[] {x, w, b};
    return x.tape().apply(new ConvTranspose2d(inputs, Shape.of(n, filters, outH, outW), filter));
  }

  private int plane() {
    return output().shape().count(2, 4);
  }

  @Override
  protected void forward() {
    Tensor y = output().value();
    Tensor bias = inputs().size() == 3 ? input(2).value() : none;
    Shape shape = y.shape();
    kernels().channels().repeat(bias, shape.size(0), shape.size(1), plane(), y);
    Tensor x = input(0).value();
    filter.backward(tensors.of(scratch(), y, input(1).value(), null, x).gradient(x).wantsImage(y));
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Var w = input(1);
    Tensor dy = output().grad();
    if (inputs().size() == 3 && input(2).needsGrad()) {
      double beta = input(2).gradBeta();
      int filters = dy.shape().size(1);
      for (int i = 0; i < dy.shape().size(0); i++) {
        kernels()
            .patches()
            .sumColumns(
                dy, i * filters * plane(), filters, plane(), i == 0 ? beta : 1, input(2).grad(), 0);
      }
      if (dy.shape().size(0) == 0 && beta == 0) {
        input(2).grad().fill(0);
      }
    }
    if (w.needsGrad()) {
      Tensor maps = x.value();
      filter.backward(
          tensors
              .of(scratch(), dy, w.value(), null, maps)
              .gradient(maps)
              .wantsWeight(w.grad(), w.gradBeta()));
    }
    if (x.needsGrad()) {
      Tensor dx = x.gradTarget();
      filter.forward(tensors.of(scratch(), dy, w.value(), null, dx));
      x.gradDone();
    }
  }

  @Override
  protected long scratchSize() {
    return filter.scratchSize();
  }

  @Override
  public long forwardFlops() {
    return filter.flops();
  }

  @Override
  public long backwardFlops() {
    int products = (input(0).needsGrad() ? 1 : 0) + (input(1).needsGrad() ? 1 : 0);
    return products * filter.flops();
  }
}
