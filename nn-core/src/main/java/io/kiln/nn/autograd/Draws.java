package io.kiln.nn.autograd;

import io.kiln.nn.tensor.CounterRng;

/**
 * The coordinates from which ops with random numbers (dropout) draw: seed, step and the samples of
 * the batch. The trainer sets them before each forward; a run is then a function of them, on any
 * number of workers.
 */
public final class Draws {
  private long seed;
  private long step;
  private long firstSample;

  /** Sets the coordinates; sample i of the batch is number {@code firstSample + i} of the step. */
  public void set(long seed, long step, long firstSample) {
    this.seed = seed;
    this.step = step;
    this.firstSample = firstSample;
  }

  /** Key of the random numbers of one site of the network in one sample of the batch. */
  public long key(long site, int sample) {
    return CounterRng.of(seed, step, site).fork(firstSample + sample).key();
  }
}
