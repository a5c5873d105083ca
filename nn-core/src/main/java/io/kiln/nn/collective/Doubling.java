package io.kiln.nn.collective;

import io.kiln.nn.tensor.Tensor;

/**
 * One round of recursive doubling: two workers exchange whole vectors and both add. The incoming
 * numbers are added in place, each part only after this worker has sent its own.
 *
 * <p>After log₂ W rounds, with partners at distance 1, 2, 4…, every worker has the sum of the
 * subtree of twice the size each time: the tree of {@link ShardTree}, because {@code a + b} and
 * {@code b + a} are the same bits.
 */
final class Doubling implements Link.Source, Link.Sink {
  private Tensor mine;
  private Tensor out;
  private int sent;
  private int taken;
  private int width;

  Doubling() {
    this.mine = Tensor.of(new float[0], 0, io.kiln.nn.tensor.Shape.of(0));
    this.out = mine;
  }

  /** Begins {@code out = mine + the partner's}; {@code out} may be {@code mine}. */
  void begin(Link partner, int call, int shape, Tensor own, Tensor sum) {
    mine = own;
    out = sum;
    sent = 0;
    taken = 0;
    width = own.dtype().bytes();
    long bytes = (long) own.count() * width;
    partner.begin(Link.Kind.REDUCE, call, shape, own.count(), bytes, this, bytes, this);
  }

  @Override
  public int fill(WireBuffer to, int at, int room) {
    int n = room / width;
    to.put(at, mine, sent, n);
    sent += n;
    return n * width;
  }

  @Override
  public boolean take(WireBuffer from, int at, int length) {
    int n = length / width;
    if (taken + n > sent) {
      return false;
    }
    from.sum(at, out, mine, taken, n);
    taken += n;
    return true;
  }
}
