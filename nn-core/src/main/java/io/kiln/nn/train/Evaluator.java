package io.kiln.nn.train;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.collective.Collective;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.DatasetShards;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.thread.Crew;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** Runs a network forward over a data set, in batches; one thread's. Buffers are kept. */
public final class Evaluator {
  private final Network network;
  private final Loss loss;
  private final Workspace workspace;
  private final List<Recorded> tapes = new ArrayList<>();
  private final Answers answers;
  private final List<Batch> rooms = new ArrayList<>();
  private final int batch;
  private int sparseBatch;

  private record Recorded(Tape tape, Batch batch, Var output, Var loss) {
    void addTo(EvaluationSums sums) {
      sums.add(loss.value().get(0), output.value(), batch.target(), batch.weights());
    }
  }

  /** An evaluator without tapes yet. */
  public Evaluator(Network network, Loss loss) {
    this.network = network;
    this.loss = loss;
    this.answers = Answers.of(network, loss);
    this.workspace = new Workspace(network.dtype());
    this.batch = EvaluationBatch.of(network, loss, false);
  }

  /** Loss and answers over samples from (inclusive) to (exclusive). */
  public Evaluation evaluate(Dataset data, int from, int to) {
    return evaluate(data, from, to, null);
  }

  /**
   * The same, with what there is to see of the answers.
   *
   * @param details takes it; or null
   */
  public Evaluation evaluate(Dataset data, int from, int to, @Nullable AnswerDetails details) {
    TargetScale scale = data.spec().scale();
    EvaluationSums sums = new EvaluationSums(answers, loss, scale);
    AnswerDetails.Watch watch = watch(details, scale);
    run(
        data,
        from,
        to,
        (recorded, first) -> {
          recorded.addTo(sums);
          if (watch != null) {
            watch.see(row -> (long) first + row, recorded.batch, recorded.output.value());
          }
        });
    return sums.evaluation();
  }

  private AnswerDetails.@Nullable Watch watch(@Nullable AnswerDetails details, TargetScale scale) {
    return details == null ? null : new AnswerDetails.Watch(details, network, loss, scale);
  }

  /**
   * Loss and answers over a whole set, the work divided among workers. The set is cut into the same
   * shards whatever the number of workers, and their sums are added in order: same bits for all.
   */
  public Evaluation evaluate(Dataset data, int shards, Collective workers) {
    try {
      return evaluate(DatasetShards.ranges(data, shards), workers);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory throws none
    }
  }

  /**
   * Loss and answers over samples in shards, each worker's its own: their sums are added in the
   * order of the shards, so there are the same bits for any number of workers.
   *
   * @throws IOException if samples cannot be read
   */
  public Evaluation evaluate(ShardedSamples data, Collective workers) throws IOException {
    return new Evaluators(network, loss, Crew.alone()).evaluate(data, workers);
  }

  /** Loss and answers over a shard of samples in a form that the network reads. */
  Evaluation evaluate(ShardedSamples data, int shard) throws IOException {
    return evaluate(data, shard, 0, null);
  }

  /**
   * The same, with somebody who sees all answers.
   *
   * @param first number of the shard's first sample
   * @param watch sees every batch; or null
   */
  Evaluation evaluate(
      ShardedSamples data, int shard, long first, AnswerDetails.@Nullable Watch watch)
      throws IOException {
    long at = first;
    EvaluationSums sums = new EvaluationSums(answers, loss, data.spec().scale());
    int most = data.sparse() ? sparseBatch() : batch;
    try (ShardReader reader = data.open(shard, ShardedSamples.PLAIN, 0)) {
      for (long left = data.size(shard); left > 0; left -= most) {
        int n = (int) Math.min(most, left);
        Recorded recorded = recorded(n, data.weighted(), data.sparse());
        reader.fill(recorded.batch, n);
        recorded.tape.replay();
        recorded.addTo(sums);
        if (watch != null) {
          long before = at;
          watch.see(row -> before + row, recorded.batch, recorded.output.value());
        }
        at += n;
      }
    }
    return sums.evaluation();
  }

  /** Gives samples one after another. */
  @FunctionalInterface
  public interface Source {
    /**
     * Writes the next samples into the first rows of a batch.
     *
     * @return how many; fewer than there is room for only at the end, then 0
     * @throws IOException if they cannot be read
     */
    int fill(Batch batch) throws IOException;
  }

  /**
   * Loss and answers over all samples of a source.
   *
   * @param weighted whether they have weights
   * @param sparse whether they are sparse, as the network must read them then
   * @param scale what targets stand for
   * @throws IOException if samples cannot be read
   */
  public Evaluation evaluate(Source samples, boolean weighted, boolean sparse, TargetScale scale)
      throws IOException {
    return evaluate(samples, weighted, sparse, scale, null, row -> row);
  }

  /**
   * The same, with what there is to see of the answers.
   *
   * @param details takes it; or null
   * @param numbers of the samples in the rows of the last batch
   * @throws IOException if samples cannot be read
   */
  public Evaluation evaluate(
      Source samples,
      boolean weighted,
      boolean sparse,
      TargetScale scale,
      @Nullable AnswerDetails details,
      IntToLongFunction numbers)
      throws IOException {
    EvaluationSums sums = new EvaluationSums(answers, loss, scale);
    AnswerDetails.Watch watch = watch(details, scale);
    int most = sparse ? sparseBatch() : batch;
    Recorded full = recorded(most, weighted, sparse);
    for (int n = samples.fill(full.batch); n > 0; n = samples.fill(full.batch)) {
      Recorded recorded = full;
      if (n < most) {
        recorded = recorded(n, weighted, sparse);
        copy(full.batch.rows(n), recorded.batch);
      }
      recorded.tape.replay();
      recorded.addTo(sums);
      if (watch != null) {
        watch.see(numbers, recorded.batch, recorded.output.value());
      }
    }
    return sums.evaluation();
  }

  private static void copy(Batch from, Batch to) {
    for (int i = 0; i < to.inputs().size(); i++) {
      to.input(i).copyFrom(from.input(i));
    }
    SparseRows rows = from.sparse();
    SparseRows own = to.sparse();
    for (int i = 0; rows != null && own != null && rows != own && i < to.size(); i++) {
      own.copy(rows, i, i);
    }
    to.target().copyFrom(from.target());
    Tensor weights = from.weights();
    Tensor place = to.weights();
    if (weights != null && place != null) {
      place.copyFrom(weights);
    }
  }

  /**
   * The network's output of each batch in turn; numbers of a regression in the units of the data.
   *
   * @param outputs is given the output [n, …], shared, and the number of the batch's first sample
   */
  public void outputs(Dataset data, int from, int to, ObjIntConsumer<Tensor> outputs) {
    TargetScale scale = data.spec().scale();
    run(
        data,
        from,
        to,
        (recorded, first) -> outputs.accept(numbers(recorded.output.value(), scale), first));
  }

  private static Tensor numbers(Tensor output, TargetScale scale) {
    if (scale.equals(TargetScale.NONE)) {
      return output;
    }
    Tensor numbers = output.to(DType.FLOAT64);
    for (int i = 0; i < numbers.count(); i++) {
      numbers.set(i, scale.number(i, output.get(i)));
    }
    return numbers;
  }

  private void run(Dataset data, int from, int to, ObjIntConsumer<Recorded> each) {
    for (int at = from; at < to; at += batch) {
      int n = Math.min(batch, to - at);
      Recorded recorded = recorded(n, false, false);
      for (int row = 0; row < n; row++) {
        data.read(at + row, recorded.batch, row);
      }
      recorded.tape.replay();
      each.accept(recorded, at);
    }
  }

  private int sparseBatch() {
    if (sparseBatch == 0) {
      sparseBatch = EvaluationBatch.of(network, loss, true);
    }
    return sparseBatch;
  }

  /** Room for the largest batch that lies so; made when there is first one. */
  private Batch room(boolean sparse) {
    for (Batch room : rooms) {
      if ((room.sparse() != null) == sparse) {
        return room;
      }
    }
    int most = sparse ? sparseBatch() : batch;
    Batch room = Batch.of(network.spec(), most, network.dtype(), false, sparse);
    rooms.add(room);
    return room;
  }

  private Recorded recorded(int n, boolean weighted, boolean sparse) {
    for (Recorded recorded : tapes) {
      Batch there = recorded.batch;
      if (there.size() == n
          && (there.weights() != null) == weighted
          && (there.sparse() != null) == sparse) {
        return recorded;
      }
    }
    Batch batch =
        weighted
            ? Batch.of(network.spec(), n, network.dtype(), true, sparse)
            : room(sparse).rows(n);
    Tape tape = new Tape(network.dtype(), workspace);
    Var output = network.record(tape, SparseInput.leaves(tape, batch));
    Tensor weights = batch.weights();
    Var sum =
        loss.sum(
            output, tape.constant(batch.target()), weights == null ? null : tape.constant(weights));
    tape.plan(sum, output);
    Recorded recorded = new Recorded(tape, batch, output, sum);
    tapes.add(recorded);
    return recorded;
  }
}
