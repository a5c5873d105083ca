package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;

/**
 * y = x·m with m = 1 / (1 − rate) with probability 1 − rate, else 0: inverted dropout, so nothing
 * is to be done at test time. Srivastava et al. 2014.
 *
 * <p>The mask is a function of seed, step, sample ({@link io.kiln.nn.autograd.Draws}) and site,
 * whoever computes the sample. Shapes: x {@code [n, …]} → y as x. Gradient: dx = dy·m.
 */
public final class Dropout extends Op {
  private final double rate;
  private final long site;
  private final int block;

  private Dropout(double rate, long site, int block, Var x) {
    super(x.shape(), x);
    this.rate = rate;
    this.site = site;
    this.block = block;
  }

  /**
   * Records the dropping of single numbers.
   *
   * @param rate share that is dropped, from 0 and below 1
   * @param site number of the place in the network; equal sites drop alike
   */
  public static Var of(double rate, long site, Var x) {
    return record(rate, site, 1, x);
  }

  /** Records the dropping of whole channels of x {@code [n, c, …]}: Tompson et al. 2015. */
  public static Var ofChannels(double rate, long site, Var x) {
    Shape shape = x.shape();
    Check.that(shape.rank() >= 2, "dropout: x is " + shape + " but [n, channels, …] is needed");
    return record(rate, site, Math.max(1, shape.count(2, shape.rank())), x);
  }

  private static Var record(double rate, long site, int block, Var x) {
    Check.that(
        rate >= 0 && rate < 1, "dropout: rate " + rate + " came but it must be from 0 and below 1");
    Check.that(x.shape().rank() >= 1, "dropout: x is [] but [n, …] is needed");
    return x.tape().apply(new Dropout(rate, site, block, x));
  }

  @Override
  protected void forward() {
    Shape shape = output().shape();
    int n = shape.size(0);
    int sample = shape.count(1, shape.rank());
    for (int i = 0; i < n; i++) {
      long key = output().tape().draws().key(site, i);
      kernels().masks().draw(key, 1 - rate, block, state(), i * sample, sample);
    }
    kernels().masks().multiply(input(0).value(), state(), output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    kernels().masks().multiply(output().grad(), state(), x.gradTarget());
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }

  @Override
  protected boolean runsInPlace() {
    return true;
  }

  @Override
  protected boolean gradientRunsInPlace() {
    return true;
  }

  @Override
  protected long stateSize() {
    return output().shape().count();
  }

  @Override
  public long forwardFlops() {
    return output().shape().count();
  }

  @Override
  public long backwardFlops() {
    return output().shape().count();
  }
}
