package io.kiln.nn.train;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.layer.Loss;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One thread's means to compute the gradient sum of some samples: a batch, a workspace, a tape for
 * each batch size that occurs. Parameters are shared with the other slices, which read them only.
 *
 * <p>The result is one flat vector: gradients of the trainable parameters, new values of the
 * buffers times the samples, then the {@value #TAIL} numbers loss sum, weight, right answers,
 * samples and votes to stop. Vectors of slices, shards and workers are added, nothing else.
 */
public final class Slice {
  /** Numbers after gradients and buffers. */
  static final int TAIL = 5;

  private final Network network;
  private final Loss loss;
  private final Workspace workspace;
  private final Tensor vector;
  private final Tensor gradients;
  private final Tensor buffers;
  private final Tensor networkBuffers;
  private final List<Recorded> tapes = new ArrayList<>();
  private Batch room;
  private long dataNanos;

  private record Recorded(Tape tape, Batch batch, Var output, Var loss) {}

  /** A slice without tapes yet; they are recorded when a batch size first occurs. */
  public Slice(Network network, Loss loss) {
    this.network = network;
    this.loss = loss;
    this.workspace = new Workspace(network.dtype());
    Params params = network.params();
    this.vector = Tensor.zeros(Shape.of(vectorSize(params)), network.dtype());
    this.gradients = vector.slice(0, Shape.of(params.trainableCount()));
    this.networkBuffers = params.buffers();
    this.buffers = vector.slice(params.trainableCount(), networkBuffers.shape());
    this.room = Batch.of(network.spec(), 0, network.dtype());
  }

  /** Length of the result for these parameters. */
  static int vectorSize(Params params) {
    return params.trainableCount() + params.buffers().count() + TAIL;
  }

  /** The result of the last {@link #run}. */
  public Tensor vector() {
    return vector;
  }

  /** Nanoseconds spent on filling batches so far. */
  public long dataNanos() {
    return dataNanos;
  }

  /**
   * Computes the gradient sum of some samples.
   *
   * @param samples sample numbers, from (inclusive) to (exclusive) are used
   * @param firstSample number of the first of them in the whole step: the coordinate of dropout
   */
  public void run(
      Dataset data,
      int[] samples,
      int from,
      int to,
      long seed,
      long epoch,
      long step,
      long firstSample) {
    int n = to - from;
    if (n == 0) {
      vector.fill(0);
      return;
    }
    Recorded recorded = recorded(n);
    long start = System.nanoTime();
    recorded.batch.epoch(epoch);
    for (int row = 0; row < n; row++) {
      data.read(samples[from + row], recorded.batch, row);
    }
    dataNanos += System.nanoTime() - start;
    if (buffers.count() > 0) {
      buffers.copyFrom(networkBuffers);
    }
    recorded.tape.draws().set(seed, step, firstSample);
    recorded.tape.replay();
    double weight = loss.weight(recorded.batch.target());
    recorded.tape.backward(recorded.loss);
    if (buffers.count() > 0) {
      recorded.tape.kernels().elementwise().scale(n, buffers, buffers);
    }
    int tail = vector.count() - TAIL;
    vector.set(tail, recorded.loss.value().get(0));
    vector.set(tail + 1, weight);
    vector.set(tail + 2, Answers.right(recorded.output.value(), recorded.batch.target(), network));
    vector.set(tail + 3, n);
    vector.set(tail + 4, 0);
  }

  private Recorded recorded(int n) {
    for (int i = 0; i < tapes.size(); i++) {
      if (tapes.get(i).batch.size() == n) {
        return tapes.get(i);
      }
    }
    if (room.size() < n) {
      room = Batch.of(network.spec(), n, network.dtype());
    }
    Batch batch = Answers.rows(room, n);
    Tape tape = new Tape(network.dtype(), workspace);
    List<Var> inputs = new ArrayList<>();
    for (Tensor input : batch.inputs()) {
      inputs.add(tape.constant(input));
    }
    Var output = network.record(tape, inputs, gradients, buffers);
    Var sum = loss.sum(output, tape.constant(batch.target()));
    tape.plan(sum, output);
    Recorded recorded = new Recorded(tape, batch, output, sum);
    tapes.add(recorded);
    return recorded;
  }
}
