package io.kiln.nn.train;

/**
 * How long and in what portions to train.
 *
 * @param epochs passes over the training set, 0 or more
 * @param batchSize samples a step over all workers
 * @param seed of sample order and dropout
 * @param shards virtual shards V: the weights depend on it, not on workers or threads
 * @param threads threads of this worker
 * @param patience epochs without a better validation metric before stopping; 0 never stops
 * @param minDelta how much better counts as better
 * @param watchesLoss whether the validation loss is watched instead of the accuracy
 * @param checkpointSteps save every so many steps; 0 for never
 * @param checkpointEpochs save every so many epochs; 0 for never
 */
public record FitOptions(
    int epochs,
    int batchSize,
    long seed,
    int shards,
    int threads,
    int patience,
    double minDelta,
    boolean watchesLoss,
    int checkpointSteps,
    int checkpointEpochs) {
  /** Checks the bounds. */
  public FitOptions {
    atLeast("epochs", epochs, 0);
    atLeast("batch size", batchSize, 1);
    atLeast("shards", shards, 1);
    atLeast("threads", threads, 1);
    atLeast("patience", patience, 0);
    atLeast("checkpoint steps", checkpointSteps, 0);
    atLeast("checkpoint epochs", checkpointEpochs, 0);
  }

  /** One thread, one shard, no early stopping, no checkpoints. */
  public static FitOptions of(int epochs, int batchSize, long seed) {
    return new FitOptions(epochs, batchSize, seed, 1, 1, 0, 0, false, 0, 0);
  }

  /** This with other passes over the training set. */
  public FitOptions withEpochs(int other) {
    return new FitOptions(
        other,
        batchSize,
        seed,
        shards,
        threads,
        patience,
        minDelta,
        watchesLoss,
        checkpointSteps,
        checkpointEpochs);
  }

  /** This with other samples a step. */
  public FitOptions withBatchSize(int other) {
    return new FitOptions(
        epochs,
        other,
        seed,
        shards,
        threads,
        patience,
        minDelta,
        watchesLoss,
        checkpointSteps,
        checkpointEpochs);
  }

  /** This with another seed. */
  public FitOptions withSeed(long other) {
    return new FitOptions(
        epochs,
        batchSize,
        other,
        shards,
        threads,
        patience,
        minDelta,
        watchesLoss,
        checkpointSteps,
        checkpointEpochs);
  }

  /** This with other virtual shards. */
  public FitOptions withShards(int other) {
    return new FitOptions(
        epochs,
        batchSize,
        seed,
        other,
        threads,
        patience,
        minDelta,
        watchesLoss,
        checkpointSteps,
        checkpointEpochs);
  }

  /** This with other threads. */
  public FitOptions withThreads(int other) {
    return new FitOptions(
        epochs,
        batchSize,
        seed,
        shards,
        other,
        patience,
        minDelta,
        watchesLoss,
        checkpointSteps,
        checkpointEpochs);
  }

  /** This that ends after so many epochs without a better validation metric. */
  public FitOptions withPatience(int other) {
    return new FitOptions(
        epochs,
        batchSize,
        seed,
        shards,
        threads,
        other,
        minDelta,
        watchesLoss,
        checkpointSteps,
        checkpointEpochs);
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "fit: " + what + " " + value + " came but it must be " + least + " or more");
    }
  }
}
