package io.kiln.nn.train;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Shards;
import io.kiln.nn.layer.Network;
import io.kiln.nn.op.norm.BatchNorm;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds batch normalizations that get one number a channel to make statistics of: it would become
 * 0, whatever it is, and nothing before that layer would ever learn.
 */
final class NormCheck {
  private NormCheck() {}

  /**
   * Looks at all batch normalizations of a network.
   *
   * @throws ConfigException naming the first that gets too few samples, and what to change
   */
  static void check(Network network, Shards shards) {
    for (Op op : ops(network)) {
      if (op instanceof BatchNorm norm && norm.statisticsOf() > 0) {
        boolean sync = norm.sharedCount() > 0;
        int samples = sync ? shards.fewest() : shards.fewestOfAShard();
        if ((long) samples * norm.statisticsOf() == 1) {
          throw new ConfigException(line(norm.scope(), sync, shards));
        }
      }
    }
  }

  /** What training one sample runs. */
  private static List<Op> ops(Network network) {
    Tape tape = new Tape(network.dtype());
    List<Var> inputs = new ArrayList<>();
    network.spec().inputs().forEach(shape -> inputs.add(tape.placeholder(shape.batch(1))));
    network.record(tape, inputs, name -> tape.placeholder(network.params().entry(name).shape()));
    return tape.ops();
  }

  private static String line(String layer, boolean sync, Shards shards) {
    int step = shards.fewest();
    List<String> ways = new ArrayList<>();
    long steps =
        shards.total() / (sync ? 2 : 2L * shards.count()); // the most that have enough each
    if (steps > 0) {
      long batch = (shards.total() + steps - 1) / steps;
      ways.add("train.batch-size: " + batch + " or more");
    }
    if (!sync && step > 1) {
      ways.add("cluster.virtual-shards: " + step / 2 + " or less");
      ways.add("sync: true in the layer");
    }
    if (ways.isEmpty()) {
      ways.add("a group-norm or layer-norm instead");
    }
    return "layer "
        + layer
        + ": batch-norm gets one sample "
        + (sync ? "" : "a shard ")
        + "to normalize by ("
        + step
        + (step == 1 ? " sample" : " samples")
        + " a step"
        + (sync ? "" : ", " + shards.count() + " shards")
        + ") but at least 2 are needed to learn anything; use "
        + String.join(", or ", ways);
  }
}
