package io.kiln.spark.ml;

/**
 * The setters of an estimator.
 *
 * @param <E> the estimator, which every setter returns
 */
public interface KilnEstimator<E extends KilnEstimator<E>> extends KilnParams {
  /** This estimator. */
  E self();

  /** Sets {@link #weightCol}. */
  default E setWeightCol(String column) {
    set(weightCol(), column);
    return self();
  }

  /** Sets {@link #validationIndicatorCol}. */
  default E setValidationIndicatorCol(String column) {
    set(validationIndicatorCol(), column);
    return self();
  }

  /** Sets {@link #seed}. */
  default E setSeed(long seed) {
    set(seed(), (Object) seed);
    return self();
  }

  /** Sets {@link #model}. */
  default E setModel(String yaml) {
    set(model(), yaml);
    return self();
  }

  /** Sets {@link #loss}. */
  default E setLoss(String yaml) {
    set(loss(), yaml);
    return self();
  }

  /** Sets {@link #optimizer}. */
  default E setOptimizer(String yaml) {
    set(optimizer(), yaml);
    return self();
  }

  /** Sets {@link #learningRate}. */
  default E setLearningRate(double rate) {
    set(learningRate(), (Object) rate);
    return self();
  }

  /** Sets {@link #epochs}. */
  default E setEpochs(int epochs) {
    set(epochs(), (Object) epochs);
    return self();
  }

  /** Sets {@link #batchSize}. */
  default E setBatchSize(int rows) {
    set(batchSize(), (Object) rows);
    return self();
  }

  /** Sets {@link #numWorkers}. */
  default E setNumWorkers(int workers) {
    set(numWorkers(), (Object) workers);
    return self();
  }

  /** Sets {@link #threads}. */
  default E setThreads(int threads) {
    set(threads(), (Object) threads);
    return self();
  }

  /** Sets {@link #validationFraction}. */
  default E setValidationFraction(double share) {
    set(validationFraction(), (Object) share);
    return self();
  }

  /** Sets {@link #patience}. */
  default E setPatience(int epochs) {
    set(patience(), (Object) epochs);
    return self();
  }

  /** Sets {@link #dataMemory}. */
  default E setDataMemory(String bytes) {
    set(dataMemory(), bytes);
    return self();
  }

  /** Sets {@link #config}. */
  default E setConfig(String yaml) {
    set(config(), yaml);
    return self();
  }

  /** Sets {@link #outputDir}. */
  default E setOutputDir(String folder) {
    set(outputDir(), folder);
    return self();
  }
}
