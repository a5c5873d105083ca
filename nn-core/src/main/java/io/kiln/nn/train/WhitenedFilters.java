package io.kiln.nn.train;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.Shards;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Whitening;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Makes the filters of {@link Whitening} from the first images of a few shards, before the first
 * step. Sums of shards are added in the order of the shards, so there are the same bits for any
 * number of workers.
 */
final class WhitenedFilters {
  private static final int MOST_SHARDS = 8;

  private WhitenedFilters() {}

  /**
   * Fills all filters of a network that are to be whitened.
   *
   * @return whether there are any
   * @throws ConfigException if there are more filters than the images have directions
   * @throws IOException if samples cannot be read
   */
  static boolean fill(Network network, ShardedSamples train, Collective workers)
      throws IOException {
    for (Map.Entry<String, Whitening> entry : network.whitened().entrySet()) {
      fill(network.params().value(entry.getKey()), entry, network, train, workers);
    }
    return !network.whitened().isEmpty();
  }

  private static void fill(
      Tensor w,
      Map.Entry<String, Whitening> entry,
      Network network,
      ShardedSamples train,
      Collective workers)
      throws IOException {
    int filters = w.shape().size(0);
    int side = w.shape().count(1, 4);
    if (filters > 2 * side) {
      throw new ConfigException(
          entry.getKey()
              + ": whitening makes "
              + 2 * side
              + " filters at most but "
              + filters
              + " came; set filters: "
              + 2 * side);
    }
    int shards = Math.min(MOST_SHARDS, train.shards());
    int each = (entry.getValue().samples() + shards - 1) / shards;
    int first = Math.min(shards, Shards.firstShard(workers.rank(), workers.size(), train.shards()));
    int end =
        Math.min(shards, Shards.firstShard(workers.rank() + 1, workers.size(), train.shards()));
    ByteBuffer own = ByteBuffer.allocate((end - first) * (side * side + 1) * Double.BYTES);
    for (int shard = first; shard < end; shard++) {
      for (double number : products(network, train, shard, each, w.shape())) {
        own.putDouble(number);
      }
    }
    double[] sums = new double[side * side + 1];
    for (byte[] theirs : workers.exchange(own.array())) {
      ByteBuffer numbers = ByteBuffer.wrap(theirs);
      for (int i = 0; numbers.hasRemaining(); i = (i + 1) % sums.length) {
        sums[i] += numbers.getDouble();
      }
    }
    set(w, sums, side, entry.getValue().epsilon());
  }

  /** Σ window·windowᵀ of the first samples of a shard, then the number of windows. */
  private static double[] products(
      Network network, ShardedSamples train, int shard, int most, Shape filter) throws IOException {
    int samples = (int) Math.min(most, train.size(shard));
    int channels = filter.size(1);
    int kernelHeight = filter.size(2);
    int kernelWidth = filter.size(3);
    int side = filter.count(1, 4);
    double[] sums = new double[side * side + 1];
    double[] window = new double[side];
    Batch batch = train.batch(1, network.dtype());
    try (ShardReader reader = train.open(shard, ShardedSamples.PLAIN, 0)) {
      for (int sample = 0; sample < samples; sample++) {
        reader.fill(batch, 1);
        Tensor x = batch.input(0);
        int height = x.shape().size(2);
        int width = x.shape().size(3);
        for (int top = 0; top + kernelHeight <= height; top++) {
          for (int left = 0; left + kernelWidth <= width; left++) {
            int at = 0;
            for (int c = 0; c < channels; c++) {
              for (int y = top; y < top + kernelHeight; y++) {
                for (int k = 0; k < kernelWidth; k++) {
                  window[at++] = x.get((c * height + y) * width + left + k);
                }
              }
            }
            add(window, sums);
          }
        }
      }
    }
    return sums;
  }

  private static void add(double[] window, double[] sums) {
    int side = window.length;
    for (int i = 0; i < side; i++) {
      for (int j = 0; j < side; j++) {
        sums[i * side + j] += window[i] * window[j];
      }
    }
    sums[side * side]++;
  }

  private static void set(Tensor w, double[] sums, int side, double epsilon) {
    double[][] covariance = new double[side][side];
    for (int i = 0; i < side; i++) {
      for (int j = 0; j < side; j++) {
        covariance[i][j] = sums[i * side + j] / sums[side * side];
      }
    }
    SymmetricEigen eigen = SymmetricEigen.of(covariance);
    for (int filter = 0; filter < w.shape().size(0); filter++) {
      int which = filter % side;
      double scale = (filter < side ? 1 : -1) / Math.sqrt(eigen.values()[which] + epsilon);
      for (int i = 0; i < side; i++) {
        w.set(filter * side + i, scale * eigen.vectors()[which][i]);
      }
    }
  }
}
