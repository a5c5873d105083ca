package io.kiln.nn.bench;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.data.Batch;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/** One thread's part of each batch: samples, recorded step and flat gradients of its own. */
final class Slice {
  private final Workspace workspace;
  private final Tape tape;
  private final Var loss;
  private final Tensor gradients;

  Slice(BenchCase one, Network network, int number, int size) {
    workspace = new Workspace(network.dtype());
    tape = new Tape(network.dtype(), workspace);
    gradients = Tensor.zeros(Shape.of(network.params().trainableCount()), network.dtype());
    Batch batch = Batch.of(network.spec(), size, network.dtype());
    one.fill().fill(batch, network.spec(), CounterRng.of(1, number));
    List<Var> inputs = batch.inputs().stream().map(tape::constant).toList();
    Var output = network.record(tape, inputs, gradients);
    loss = one.loss().sum(output, tape.constant(batch.target()));
    tape.plan(loss);
  }

  /** Runs forward and backward; the gradients of the summed loss are then in place. */
  void run() {
    tape.replay();
    tape.backward(loss);
  }

  /** Bytes of the outputs of all ops, if each had a buffer of its own. */
  long activations() {
    long numbers = 0;
    for (Op op : tape.ops()) {
      numbers += op.output().shape().count();
    }
    return numbers * tape.dtype().bytes();
  }

  /** Bytes of the buffers of a step. */
  long memory() {
    return workspace.count() * tape.dtype().bytes();
  }

  double loss() {
    return loss.value().get(0);
  }

  Tensor gradients() {
    return gradients;
  }
}
