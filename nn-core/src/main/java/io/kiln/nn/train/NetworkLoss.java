package io.kiln.nn.train;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.optim.LossFunction;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mean loss of a network over a whole data set, as a function of its parameters: what {@link
 * io.kiln.nn.optim.Lbfgs} minimises. Random draws are the same at every call, running statistics
 * are left as they are.
 *
 * <pre>new Lbfgs(…).minimize(new NetworkLoss(network, loss, data), network.params().trainable())
 * </pre>
 */
public final class NetworkLoss implements LossFunction {
  private static final int MOST = 256;

  private final Network network;
  private final Loss loss;
  private final Dataset data;
  private final Tensor part;
  private final List<Recorded> tapes = new ArrayList<>();
  private final Workspace workspace;

  private record Recorded(Tape tape, Batch batch, Var sum) {}

  /** The loss of a network over a data set that has samples. */
  public NetworkLoss(Network network, Loss loss, Dataset data) {
    if (data.size() == 0) {
      throw new IllegalArgumentException("loss: the data set is empty; give it samples");
    }
    this.network = network;
    this.loss = loss;
    this.data = data;
    this.workspace = new Workspace(network.dtype());
    this.part = Tensor.zeros(Shape.of(network.params().trainableCount()), network.dtype());
  }

  @Override
  public double at(Tensor w, Tensor gradient) {
    Params params = network.params();
    if (!w.sharesWith(params.trainable())) {
      params.trainable().copyFrom(w);
    }
    Kernels kernels = Kernels.of(network.dtype());
    gradient.fill(0);
    double sum = 0;
    double weight = 0;
    for (int from = 0; from < data.size(); from += MOST) {
      Recorded recorded = recorded(Math.min(MOST, data.size() - from));
      Batch batch = recorded.batch;
      for (int row = 0; row < batch.size(); row++) {
        data.read(from + row, batch, row);
      }
      recorded.tape.draws().set(0, 0, from);
      recorded.tape.replay();
      recorded.tape.backward(recorded.sum);
      kernels.elementwise().accumulate(1, part, gradient);
      sum += recorded.sum.value().get(0);
      weight += loss.weight(batch.target());
    }
    kernels.elementwise().scale(1 / weight, gradient, gradient);
    return sum / weight;
  }

  private Recorded recorded(int n) {
    @Nullable Recorded known =
        tapes.stream().filter(one -> one.batch.size() == n).findFirst().orElse(null);
    if (known != null) {
      return known;
    }
    Batch batch = Batch.of(network.spec(), n, network.dtype());
    Tape tape = new Tape(network.dtype(), workspace);
    List<Var> inputs = batch.inputs().stream().map(tape::constant).toList();
    Tensor statistics = network.params().buffers().copy();
    Var output = network.record(tape, inputs, part, statistics);
    Var sum = loss.sum(output, tape.constant(batch.target()));
    tape.plan(sum);
    Recorded made = new Recorded(tape, batch, sum);
    tapes.add(made);
    return made;
  }
}
