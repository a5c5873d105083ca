package io.kiln.nn.train;

/**
 * How long and in what portions to train: {@code FitOptions.of(10, 64, 1).withShards(8)}.
 *
 * @param epochs passes over the training set, 0 or more
 * @param batchSize samples a step over all workers
 * @param seed of sample order and dropout
 * @param shards virtual shards V: the weights depend on it, not on workers or threads
 * @param threads threads of this worker
 * @param stopping when training ends early
 * @param checkpoints when training is saved
 */
public record FitOptions(
    int epochs,
    int batchSize,
    long seed,
    int shards,
    int threads,
    Stopping stopping,
    Checkpoints checkpoints) {
  /**
   * When training ends before its last epoch.
   *
   * @param patience epochs without a better validation metric before stopping; 0 never stops
   * @param minDelta how much better counts as better
   * @param watchesLoss whether the validation loss is watched instead of the accuracy
   */
  public record Stopping(int patience, double minDelta, boolean watchesLoss) {
    /** Never; the best epoch is that of the best accuracy. */
    public static final Stopping NEVER = new Stopping(0, 0, false);

    /** Checks the bounds. */
    public Stopping {
      atLeast("patience", patience, 0);
    }
  }

  /**
   * When training is saved.
   *
   * @param steps save every so many steps; 0 for never
   * @param epochs save every so many epochs; 0 for never
   */
  public record Checkpoints(int steps, int epochs) {
    /** Never. */
    public static final Checkpoints NEVER = new Checkpoints(0, 0);

    /** Checks the bounds. */
    public Checkpoints {
      atLeast("checkpoint steps", steps, 0);
      atLeast("checkpoint epochs", epochs, 0);
    }
  }

  /** Checks the bounds. */
  public FitOptions {
    atLeast("epochs", epochs, 0);
    atLeast("batch size", batchSize, 1);
    atLeast("shards", shards, 1);
    atLeast("threads", threads, 1);
  }

  /** One thread, one shard, no early stopping, no checkpoints. */
  public static FitOptions of(int epochs, int batchSize, long seed) {
    return new FitOptions(epochs, batchSize, seed, 1, 1, Stopping.NEVER, Checkpoints.NEVER);
  }

  /** This with other passes over the training set. */
  public FitOptions withEpochs(int other) {
    return new FitOptions(other, batchSize, seed, shards, threads, stopping, checkpoints);
  }

  /** This with other samples a step. */
  public FitOptions withBatchSize(int other) {
    return new FitOptions(epochs, other, seed, shards, threads, stopping, checkpoints);
  }

  /** This with another seed. */
  public FitOptions withSeed(long other) {
    return new FitOptions(epochs, batchSize, other, shards, threads, stopping, checkpoints);
  }

  /** This with other virtual shards. */
  public FitOptions withShards(int other) {
    return new FitOptions(epochs, batchSize, seed, other, threads, stopping, checkpoints);
  }

  /** This with other threads. */
  public FitOptions withThreads(int other) {
    return new FitOptions(epochs, batchSize, seed, shards, other, stopping, checkpoints);
  }

  /** This that ends after so many epochs without a better validation metric. */
  public FitOptions withPatience(int other) {
    return withStopping(new Stopping(other, stopping.minDelta(), stopping.watchesLoss()));
  }

  /** This that ends early otherwise. */
  public FitOptions withStopping(Stopping other) {
    return new FitOptions(epochs, batchSize, seed, shards, threads, other, checkpoints);
  }

  /** This that is saved otherwise. */
  public FitOptions withCheckpoints(Checkpoints other) {
    return new FitOptions(epochs, batchSize, seed, shards, threads, stopping, other);
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "fit: " + what + " " + value + " came but it must be " + least + " or more");
    }
  }
}
