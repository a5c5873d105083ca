package io.kiln.nn.train;

import io.kiln.nn.autograd.AcrossShards;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Pass;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.ShardTree;
import io.kiln.nn.collective.TreeSum;
import io.kiln.nn.data.Batch;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sums over all shards that a network asks for in the midst of a step, stop by stop: how long
 * they are, the memory for them, and the exchange with the other workers. Every worker makes the
 * same exchanges in the same order, whatever samples it has.
 */
final class StepSums {
  private final Collective workers;
  private final List<Stop> stops = new ArrayList<>();
  private final boolean[] alike;
  private long nanos;

  /** What stops of the same length share: the sum, its result, what each own shard adds. */
  private record Stop(TreeSum sum, Tensor whole, List<Tensor> parts) {}

  StepSums(Network network, Loss loss, ShardTree tree, Collective workers) {
    this.workers = workers;
    Tensor buffers = network.params().buffers();
    this.alike = new boolean[buffers.count()];
    Tape tape = recorded(network, loss);
    Map<Integer, Stop> byLength = new HashMap<>();
    for (int count : Pass.stops(tape)) {
      stops.add(byLength.computeIfAbsent(count, n -> stop(tree, n)));
    }
    for (Op op : tape.ops()) {
      if (op instanceof AcrossShards across && across.sharedCount() > 0) {
        op.inputs().forEach(input -> mark(input, buffers));
      }
    }
  }

  /** Marks an input that is one of the network's running statistics. */
  private void mark(Var input, Tensor buffers) {
    if (input.producer() == null && array(input.value()) == array(buffers)) {
      int from = input.value().offset() - buffers.offset();
      for (int i = 0; from >= 0 && i < input.value().count(); i++) {
        alike[from + i] = true;
      }
    }
  }

  private static Object array(Tensor tensor) {
    return tensor.dtype() == DType.FLOAT32 ? tensor.floats() : tensor.doubles();
  }

  /** A step of one sample, recorded to be looked at. */
  private static Tape recorded(Network network, Loss loss) {
    Tape tape = new Tape(network.dtype());
    Batch batch = Batch.of(network.spec(), 1, network.dtype());
    List<Var> inputs = batch.inputs().stream().map(tape::constant).toList();
    Tensor gradients = Tensor.zeros(Shape.of(network.params().trainableCount()), network.dtype());
    Var output = network.record(tape, inputs, gradients);
    loss.sum(output, tape.constant(batch.target()));
    return tape;
  }

  private Stop stop(ShardTree tree, int count) {
    TreeSum sum = new TreeSum(tree, workers.place(), DType.FLOAT64, count);
    List<Tensor> parts = new ArrayList<>();
    for (int shard = sum.first(); shard < sum.end(); shard++) {
      parts.add(Tensor.zeros(Shape.of(count), DType.FLOAT64));
    }
    return new Stop(sum, Tensor.zeros(Shape.of(count), DType.FLOAT64), parts);
  }

  /** How often a step stops for a sum; 0 for most networks. */
  int count() {
    return stops.size();
  }

  /**
   * Which of the network's running statistics, by position, all shards of a step write alike,
   * because they are made of sums over all shards.
   */
  boolean[] alike() {
    return alike;
  }

  /** Nanoseconds spent on exchanges so far, waiting for the slowest worker included. */
  long nanos() {
    return nanos;
  }

  /** Where the i-th of the own shards writes what it adds at a stop. */
  Tensor part(int stop, int i) {
    return stops.get(stop).parts.get(i);
  }

  /** Adds what the i-th of the own shards wrote; from any thread. */
  void add(int stop, int i) {
    Stop at = stops.get(stop);
    at.sum.lend(at.sum.first() + i, at.parts.get(i));
  }

  /** The sum over all shards of all workers, once every own shard has added. */
  void exchange(int stop) {
    long start = System.nanoTime();
    Stop at = stops.get(stop);
    workers.allReduce(at.sum, at.whole);
    nanos += System.nanoTime() - start;
  }

  /** The sum of a stop, until the next exchange. */
  Tensor whole(int stop) {
    return stops.get(stop).whole;
  }
}
