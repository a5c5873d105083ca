package io.kiln.nn.train;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.Shards;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.thread.Crew;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    return evaluate(data, workers, null);
  }

  private Evaluation evaluate(
      ShardedSamples data,
      Collective workers,
      @Nullable Function<TargetScale, AnswerDetails.Watch> watches)
      throws IOException {
    ShardedSamples read = SparseInput.readable(network, data);
    int first = first(data, workers);
    Evaluation[] shards = new Evaluation[end(data, workers) - first];
    try {
      crew.run(
          thread -> {
            int end = Shards.firstShard(thread + 1, crew.size(), shards.length);
            for (int i = Shards.firstShard(thread, crew.size(), shards.length); i < end; i++) {
              shards[i] = evaluate(thread, read, first + i, watches);
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

  /**
   * How a network does, and what there is to see of its answers.
   *
   * @param evaluation loss and answers
   * @param details of the answers
   */
  public record Inspection(Evaluation evaluation, AnswerDetails details) {}

  /**
   * Loss and answers like {@link #evaluate(Network, Loss, ShardedSamples, Collective, int)}, and
   * what there is to see of the answers: the same on every worker, for any number of them.
   *
   * @throws IOException if samples cannot be read
   */
  public static Inspection inspect(
      Network network, Loss loss, ShardedSamples data, Collective workers, int threads)
      throws IOException {
    int own = end(data, workers) - first(data, workers);
    int classes = Answers.of(network, loss).classes();
    List<AnswerDetails> seen = Collections.synchronizedList(new ArrayList<>());
    Evaluation evaluation;
    try (Crew crew = new Crew(Math.max(1, Math.min(threads, own)))) {
      Evaluators evaluators = new Evaluators(network, loss, crew);
      evaluation =
          evaluators.evaluate(
              data,
              workers,
              scale -> {
                AnswerDetails details = new AnswerDetails(classes);
                seen.add(details);
                return new AnswerDetails.Watch(details, network, loss, scale);
              });
    }
    AnswerDetails mine = new AnswerDetails(classes);
    seen.forEach(mine::merge);
    AnswerDetails all = new AnswerDetails(classes);
    for (byte[] theirs : workers.exchange(mine.toBytes())) {
      all.merge(AnswerDetails.of(theirs));
    }
    return new Inspection(evaluation, all);
  }

  private Evaluation evaluate(
      int thread,
      ShardedSamples data,
      int shard,
      @Nullable Function<TargetScale, AnswerDetails.Watch> watches) {
    long first = 0;
    for (int before = 0; before < shard; before++) {
      first += data.size(before);
    }
    try {
      AnswerDetails.Watch watch = watches == null ? null : watches.apply(data.spec().scale());
      return evaluators.get(thread).evaluate(data, shard, first, watch);
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
