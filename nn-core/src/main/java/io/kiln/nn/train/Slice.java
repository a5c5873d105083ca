package io.kiln.nn.train;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Pass;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The means to compute the gradient sum of some samples: a batch, a workspace, a tape for each
 * batch size that occurs. Parameters are shared with the other slices, which read them only.
 *
 * <p>Order of calls: {@link #begin}, {@link #advance} until it says that the result is there.
 * Networks that look at all shards at once stop in between for a sum; most do not.
 *
 * <p>The result is one flat vector: gradients of the trainable parameters, new values of the
 * buffers times the samples, then the {@value #TAIL} numbers loss sum, weight, right answers,
 * samples, answered targets and votes to stop. Vectors of slices, shards and workers are added,
 * nothing else.
 */
final class Slice {
  /** Numbers after gradients and buffers. */
  static final int TAIL = 6;

  private final Network network;
  private final Loss loss;
  private final Answers answers;
  private final Workspace workspace;
  private final Tensor vector;
  private final Tensor gradients;
  private final Tensor buffers;
  private final Statistics statistics;
  private final List<Recorded> tapes = new ArrayList<>();
  private final ShardedSamples samples;
  private Batch room;
  private @Nullable Recorded running;
  private boolean speaks;
  private long dataNanos;

  private record Recorded(Tape tape, Pass pass, Batch batch, Var output, Var loss) {}

  /**
   * A slice without tapes yet; they are recorded when a batch size first occurs.
   *
   * @param samples of which it gets some: what room they need
   * @param vector where the result will be
   */
  Slice(Network network, Loss loss, Statistics statistics, ShardedSamples samples, Tensor vector) {
    this.network = network;
    this.loss = loss;
    this.answers = Answers.of(network, loss);
    this.workspace = new Workspace(network.dtype());
    Params params = network.params();
    this.vector = vector;
    this.gradients = vector.slice(0, Shape.of(params.trainableCount()));
    this.statistics = statistics;
    this.buffers = vector.slice(params.trainableCount(), Shape.of(statistics.count()));
    this.samples = samples;
    this.room = samples.batch(0, network.dtype());
  }

  /** Length of the result for these parameters. */
  static int vectorSize(Params params) {
    return params.trainableCount() + params.buffers().count() + TAIL;
  }

  /** The result: zeros if there were no samples. */
  Tensor vector() {
    return vector;
  }

  /** Bytes of the outputs of all ops of the first batch size, if each had a buffer of its own. */
  long activationBytes() {
    long numbers = 0;
    if (!tapes.isEmpty()) {
      for (Op op : tapes.get(0).tape.ops()) {
        numbers += op.output().shape().count();
      }
    }
    return numbers * network.dtype().bytes();
  }

  /** Bytes of the buffers of a step. */
  long memoryBytes() {
    return workspace.count() * network.dtype().bytes();
  }

  /** Nanoseconds spent on filling batches so far. */
  long dataNanos() {
    return dataNanos;
  }

  /**
   * Reads the samples of which {@link #advance} computes the gradient sum.
   *
   * @param samples from which the next n are read
   * @param firstSample number of the first of them in the whole step: the coordinate of dropout
   * @param first whether no shard before this one has samples in this step: then it speaks for all
   *     where all have the same to say
   */
  void begin(
      @Nullable ShardReader samples,
      int n,
      long seed,
      long epoch,
      long step,
      long firstSample,
      boolean first)
      throws IOException {
    if (n == 0 || samples == null) {
      running = null;
      vector.fill(0);
      return;
    }
    Recorded recorded = recorded(n);
    long start = System.nanoTime();
    recorded.batch.epoch(epoch);
    samples.fill(recorded.batch, n);
    dataNanos += System.nanoTime() - start;
    statistics.begin(buffers);
    recorded.tape.draws().set(seed, step, firstSample);
    recorded.pass.begin();
    speaks = first;
    running = recorded;
  }

  /**
   * Computes as far as the next sum over all shards, or to the end: then the result is there.
   *
   * @param sum what the last stop was for; null to leave the start
   * @param part where to write what these samples add to the sum of the next stop
   * @return whether it stopped for a sum; without samples, whether there is room for one
   */
  boolean advance(@Nullable Tensor sum, Tensor part) {
    Recorded recorded = running;
    if (recorded == null) {
      part.fill(0);
      return part.count() > 0;
    }
    if (recorded.pass.advance(sum, part)) {
      return true;
    }
    statistics.give(buffers, recorded.batch.size(), speaks);
    int tail = vector.count() - TAIL;
    vector.set(tail, recorded.loss.value().get(0));
    vector.set(tail + 1, loss.weight(recorded.batch.target(), recorded.batch.weights()));
    Tensor target = recorded.batch.target();
    vector.set(tail + 2, answers.right(recorded.output.value(), target));
    vector.set(tail + 3, recorded.batch.size());
    vector.set(tail + 4, answers.answered(target));
    vector.set(tail + 5, 0);
    return false;
  }

  private Recorded recorded(int n) {
    for (int i = 0; i < tapes.size(); i++) {
      if (tapes.get(i).batch.size() == n) {
        return tapes.get(i);
      }
    }
    if (room.size() < n) {
      room = samples.batch(n, network.dtype());
    }
    Batch batch = room.rows(n);
    Tape tape = new Tape(network.dtype(), workspace);
    Var output = network.record(tape, SparseInput.leaves(tape, batch), gradients, buffers);
    Tensor weights = batch.weights();
    Var sum =
        loss.sum(
            output, tape.constant(batch.target()), weights == null ? null : tape.constant(weights));
    tape.plan(sum, output);
    Recorded recorded = new Recorded(tape, new Pass(tape, sum), batch, output, sum);
    tapes.add(recorded);
    return recorded;
  }
}
