package io.kiln.spark.fit;

import io.kiln.nn.data.Shards;
import io.kiln.nn.train.Evaluation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The data of a fit, as the driver knows them.
 *
 * <p>Order of calls: {@link #check}; {@link #ready} before every attempt, whose result goes to the
 * tasks; {@link #lost} when one says that data are gone.
 */
public sealed interface FitData permits WholeData, TableData {
  /** What is known of them. */
  DataFacts facts();

  /**
   * Finds what would not learn.
   *
   * @return how the training set is cut
   * @throws io.kiln.nn.config.ConfigException if network, loss, optimizer and data do not go
   *     together
   */
  Shards check(FitPlan plan);

  /**
   * What one gets without learning, or null where that is not known.
   *
   * @throws IOException if the data cannot be read
   */
  @Nullable Guess guess(FitPlan plan) throws IOException;

  /**
   * Sees to it that workers can read the data.
   *
   * @throws io.kiln.nn.io.FormatException if they are no longer what they were
   */
  WorkerData ready() throws IOException;

  /** Notes that what an executor had is gone. */
  default void lost(String executor) {}

  /**
   * What always the same answer gets.
   *
   * @param answer in words
   * @param validation how it does there, or null without such samples
   * @param test how it does there, or null without such samples
   */
  record Guess(String answer, @Nullable Evaluation validation, @Nullable Evaluation test) {}
}
