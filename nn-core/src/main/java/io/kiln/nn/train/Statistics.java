package io.kiln.nn.train;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Tensor;

/**
 * How the running statistics of a network travel in the sum over shards. Those that each shard
 * moves by its own samples become the shards' mean, weighted by samples. Those that all shards move
 * alike are given by one shard for all, so that the sum is exactly what that shard has.
 */
final class Statistics {
  private final Tensor buffers;
  private final Kernels kernels;
  private final boolean[] alike;
  private final boolean mixed;

  /**
   * The statistics of a network.
   *
   * @param alike which of them, by position, all shards move alike
   */
  Statistics(Network network, boolean[] alike) {
    this.buffers = network.params().buffers();
    this.kernels = Kernels.of(network.dtype());
    this.alike = alike;
    boolean some = false;
    for (boolean one : alike) {
      some |= one;
    }
    this.mixed = some;
  }

  /** How many numbers they are. */
  int count() {
    return buffers.count();
  }

  /** Copies the network's statistics to where a shard moves them. */
  void begin(Tensor own) {
    if (count() > 0) {
      own.copyFrom(buffers);
    }
  }

  /**
   * Makes a shard's statistics its contribution to the sum.
   *
   * @param n samples of the shard
   * @param speaks whether it is the one that speaks for all
   */
  void give(Tensor own, int n, boolean speaks) {
    if (!mixed) {
      scale(n, own, own);
      return;
    }
    for (int i = 0; i < alike.length; i++) {
      own.set(i, !alike[i] ? n * own.get(i) : speaks ? own.get(i) : 0);
    }
  }

  /**
   * Sets the network's statistics from the sum.
   *
   * @param samples of all shards, 1 or more
   */
  void take(Tensor sum, int samples) {
    scale(1.0 / samples, sum, buffers);
    for (int i = 0; mixed && i < alike.length; i++) {
      if (alike[i]) {
        buffers.set(i, sum.get(i));
      }
    }
  }

  private void scale(double factor, Tensor from, Tensor to) {
    if (count() > 0) {
      kernels.elementwise().scale(factor, from, to);
    }
  }
}
