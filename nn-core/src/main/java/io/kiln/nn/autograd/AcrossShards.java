package io.kiln.nn.autograd;

import io.kiln.nn.tensor.Tensor;

/**
 * An {@link Op} that can look beyond its own batch: halfway through forward, and again halfway
 * through backward, it needs a sum over all shards of a step, whoever computes them.
 *
 * <p>A {@link Pass} calls the halves and gets the sum made between them. Run by the {@link Tape}
 * alone, {@link Op#forward} and {@link Op#backward} do the whole for the own batch. Sums are
 * float64 whatever the width of the tape.
 */
public interface AcrossShards {
  /** How many numbers are summed; 0 if the op keeps to its own batch after all. */
  int sharedCount();

  /** First half of forward: writes what this shard adds. */
  void forwardPart(Tensor part);

  /** Second half of forward, given the sum over all shards. */
  void forwardRest(Tensor sum);

  /** First half of backward: writes what this shard adds. */
  void backwardPart(Tensor part);

  /** Second half of backward, given the sum over all shards. */
  void backwardRest(Tensor sum);
}
