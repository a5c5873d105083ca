package io.kiln.nn.collective;

import io.kiln.nn.tensor.Tensor;

/** A single worker: its own sum is the whole sum. */
final class Alone implements Collective {
  private static final Place PLACE = new Place(0, 1);

  @Override
  public Place place() {
    return PLACE;
  }

  @Override
  public void allReduce(TreeSum local, Tensor out) {
    local.checkReady(PLACE, out);
    Flat.copy(out, 0, local.node(0), 0, out.count());
    local.clear();
  }

  @Override
  public void broadcast(Tensor tensor) {}

  @Override
  public byte[][] exchange(byte[] mine) {
    return new byte[][] {mine.clone()};
  }

  @Override
  public String way() {
    return "alone";
  }

  @Override
  public void close() {}
}
