package io.kiln.nn.autograd;

import io.kiln.nn.kernel.ChannelsLast;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/** The same numbers in the other layout; the gradient goes back the other way. */
final class Relayout extends Op {
  Relayout(Var x, Layout to) {
    super(x.shape(), to, x);
  }

  @Override
  protected void forward() {
    move(input(0).value(), input(0).layout(), output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    move(output().grad(), output().layout(), x.gradTarget());
    x.gradDone();
  }

  private void move(Tensor from, Layout layout, Tensor to) {
    Shape shape = output().shape();
    int n = shape.size(0);
    int channels = shape.size(1);
    int plane = shape.count(2, 4);
    ChannelsLast images = kernels().images().loops();
    if (layout == Layout.PLAIN) {
      images.fromPlanes(from, n, channels, plane, to);
    } else {
      images.toPlanes(from, n, channels, plane, to);
    }
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }
}
