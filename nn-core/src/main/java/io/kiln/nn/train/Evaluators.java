package io.kiln.nn.train;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.Shards;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.thread.Crew;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Evaluates samples in shards on all threads of a crew, an {@link Evaluator} each. Buffers are
 * kept.
 *
 * <p>Shards are evaluated by themselves and added in their order, so there are the same bits for
 * any number of threads and workers.
 */
public final class Evaluators {
  private final Network network;
  private final Loss loss;
  private final Crew crew;
  private final List<Evaluator> evaluators = new ArrayList<>();

  /** Evaluators without tapes yet. */
  public Evaluators(Network network, Loss loss, Crew crew) {
    this.network = network;
    this.loss = loss;
    this.crew = crew;
    for (int i = 0; i < crew.size(); i++) {
      evaluators.add(new Evaluator(network, loss));
    }
  }

  /**
   * Loss and answers over samples in shards on as many threads as asked for, or as there are shards
   * of this worker's.
   *
   * @throws IOException if samples cannot be read
   */
  public static Evaluation evaluate(
      Network network, Loss loss, ShardedSamples data, Collective workers, int threads)
      throws IOException {
    int own = end(data, workers) - first(data, workers);
    try (Crew crew = new Crew(Math.max(1, Math.min(threads, own)))) {
      return new Evaluators(network, loss, crew).evaluate(data, workers);
    }
  }

  /**
   * Loss and answers over samples in shards, of which each worker does its own.
   *
   * @throws IOException if samples cannot be read
   */
  public Evaluation evaluate(ShardedSamples data, Collective workers) throws IOException {
    ShardedSamples read = SparseInput.readable(network, data);
    int first = first(data, workers);
    Evaluation[] shards = new Evaluation[end(data, workers) - first];
    try {
      crew.run(
          thread -> {
            int end = Shards.firstShard(thread + 1, crew.size(), shards.length);
            for (int i = Shards.firstShard(thread, crew.size(), shards.length); i < end; i++) {
              shards[i] = evaluate(thread, read, first + i);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    ShardEvaluations mine = new ShardEvaluations(Answers.of(network, loss).classes());
    for (Evaluation shard : shards) {
      mine.add(shard);
    }
    return mine.sum(workers);
  }

  private Evaluation evaluate(int thread, ShardedSamples data, int shard) {
    try {
      return evaluators.get(thread).evaluate(data, shard);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int first(ShardedSamples data, Collective workers) {
    return Shards.firstShard(workers.rank(), workers.size(), data.shards());
  }

  private static int end(ShardedSamples data, Collective workers) {
    return Shards.firstShard(workers.rank() + 1, workers.size(), data.shards());
  }
}
