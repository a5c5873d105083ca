package io.kiln.nn.train;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.DenseSamples;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.SparseRows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How sparse samples come into a network: as they are where its first layer is dense, else with
 * their zeros written out, if these are not too many.
 */
public final class SparseInput {
  /** Wider rows are not written out: a batch of them would be mostly zeros, and large. */
  static final int MOST_DENSE = 1 << 16;

  private SparseInput() {}

  /**
   * Checks that a network can be given sparse samples.
   *
   * @throws ConfigException if it cannot, naming the layer
   */
  public static void check(Network network) {
    String reason = reason(network);
    int width = network.spec().inputs().get(0).count();
    if (reason != null && width > MOST_DENSE) {
      throw new ConfigException(
          reason + ", or hash the features to " + MOST_DENSE + " numbers at most");
    }
  }

  /** Whether a network can be given sparse samples as they are. */
  public static boolean reads(Network network) {
    return reason(network) == null;
  }

  /** The samples in the form that the network reads. */
  static ShardedSamples readable(Network network, ShardedSamples samples) {
    if (!samples.sparse()) {
      return samples;
    }
    check(network);
    return reads(network) ? samples : DenseSamples.of(samples);
  }

  /** Why a network does not read sparse rows, or null if it does. */
  private static @Nullable String reason(Network network) {
    Tape tape = new Tape(network.dtype());
    try {
      int width = network.spec().inputs().get(0).count();
      network.record(
          tape,
          List.of(tape.sparse(new SparseRows(width, 1), 1)),
          name -> tape.placeholder(network.params().entry(name).shape()));
      return null;
    } catch (IllegalArgumentException e) {
      return "layer " + tape.scope() + ": " + e.getMessage();
    }
  }

  /** The inputs of a batch as leaves. */
  public static List<Var> leaves(Tape tape, Batch batch) {
    List<Var> inputs = new ArrayList<>();
    batch.inputs().forEach(input -> inputs.add(tape.constant(input)));
    SparseRows sparse = batch.sparse();
    if (sparse != null) {
      inputs.add(tape.sparse(sparse, batch.size()));
    }
    return inputs;
  }
}
