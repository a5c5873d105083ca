package io.kiln.spark.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.shared.HasSeed;
import org.apache.spark.ml.param.shared.HasValidationIndicatorCol;
import org.apache.spark.ml.param.shared.HasWeightCol;

/**
 * What estimators and models of this package can be asked and told; {@code explainParams()} prints
 * it. The columns ({@code featuresCol}, {@code labelCol}, {@code predictionCol}, and of classifiers
 * {@code probabilityCol}, {@code rawPredictionCol}, {@code thresholds}) are Spark ML's own.
 */
public interface KilnParams extends Params, HasWeightCol, HasSeed, HasValidationIndicatorCol {
  /** The parameters of this stage. */
  TrainingParams training();

  @Override
  default Param<String> weightCol() {
    return training().weightCol;
  }

  @Override
  default Param<String> validationIndicatorCol() {
    return training().validationIndicatorCol;
  }

  @Override
  default LongParam seed() {
    return training().seed;
  }

  /** The network: YAML of the section {@code model}, or a name. Default: one hidden layer of 64. */
  default Param<String> model() {
    return training().model;
  }

  /** The loss: a name, or YAML of the section {@code loss}. */
  default Param<String> loss() {
    return training().loss;
  }

  /** The optimizer: a name, or YAML of the section {@code optimizer}. Default: {@code sgd}. */
  default Param<String> optimizer() {
    return training().optimizer;
  }

  /** Step size. Default: the optimizer's own. */
  default DoubleParam learningRate() {
    return training().learningRate;
  }

  /** Passes over the rows. Default: 10. */
  default IntParam epochs() {
    return training().epochs;
  }

  /** Rows of a step, over all workers. Default: 128. */
  default IntParam batchSize() {
    return training().batchSize;
  }

  /** Tasks that train together. Default: 1. */
  default IntParam numWorkers() {
    return training().numWorkers;
  }

  /** Threads of a worker. Default: as many as a task has CPUs. */
  default IntParam threads() {
    return training().threads;
  }

  /** Share of the rows held back to judge by. Default: 0. */
  default DoubleParam validationFraction() {
    return training().validationFraction;
  }

  /** Epochs without improvement that are tolerated. Default: any number. */
  default IntParam patience() {
    return training().patience;
  }

  /** Bytes of a worker's rows that are read in any order. Default: {@code 4g}. */
  default Param<String> dataMemory() {
    return training().dataMemory;
  }

  /** More of a configuration, as YAML. Default: nothing. */
  default Param<String> config() {
    return training().config;
  }

  /** Folder for report and checkpoints. Default: none. */
  default Param<String> outputDir() {
    return training().outputDir;
  }

  /** The value of {@link #model}. */
  default String getModel() {
    return getOrDefault(model());
  }

  /** The value of {@link #loss}. */
  default String getLoss() {
    return getOrDefault(loss());
  }

  /** The value of {@link #optimizer}. */
  default String getOptimizer() {
    return getOrDefault(optimizer());
  }

  /** The value of {@link #learningRate}. */
  default double getLearningRate() {
    return (Double) getOrDefault(learningRate());
  }

  /** The value of {@link #epochs}. */
  default int getEpochs() {
    return (Integer) getOrDefault(epochs());
  }

  /** The value of {@link #batchSize}. */
  default int getBatchSize() {
    return (Integer) getOrDefault(batchSize());
  }

  /** The value of {@link #numWorkers}. */
  default int getNumWorkers() {
    return (Integer) getOrDefault(numWorkers());
  }

  /** The value of {@link #threads}. */
  default int getThreads() {
    return (Integer) getOrDefault(threads());
  }

  /** The value of {@link #validationFraction}. */
  default double getValidationFraction() {
    return (Double) getOrDefault(validationFraction());
  }

  /** The value of {@link #patience}. */
  default int getPatience() {
    return (Integer) getOrDefault(patience());
  }

  /** The value of {@link #dataMemory}. */
  default String getDataMemory() {
    return getOrDefault(dataMemory());
  }

  /** The value of {@link #config}. */
  default String getConfig() {
    return getOrDefault(config());
  }

  /** The value of {@link #outputDir}. */
  default String getOutputDir() {
    return getOrDefault(outputDir());
  }

  // How Scala's traits give a class its parameters; those of this package make them themselves.

  @Override
  default void org$apache$spark$ml$param$shared$HasWeightCol$_setter_$weightCol_$eq(
      Param<String> theirs) {}

  @Override
  default void
      org$apache$spark$ml$param$shared$HasValidationIndicatorCol$_setter_$validationIndicatorCol_$eq(
          Param<String> theirs) {}

  @Override
  default void org$apache$spark$ml$param$shared$HasSeed$_setter_$seed_$eq(LongParam theirs) {}
}
