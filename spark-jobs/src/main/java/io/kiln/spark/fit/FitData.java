package io.kiln.spark.fit;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.ImageSet;
import io.kiln.nn.data.Shards;
import io.kiln.nn.train.Evaluation;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.shards.TableSource;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The data of a fit, as the driver knows them.
 *
 * <p>Order of calls: {@link #check}; {@link #ready} before every attempt, whose result goes to the
 * tasks; {@link #lost} when one says that data are gone.
 */
public sealed interface FitData permits WholeData, ShareData, TableData {
  /**
   * Finds the data of a configuration, and reads what must be known of them.
   *
   * @param root folder of data sets
   * @param oneJvm whether all workers will be in this JVM
   * @param spark starts Spark, where it is needed for that
   * @throws io.kiln.nn.config.ConfigException if a setting cannot be used
   * @throws IOException if the data cannot be read
   */
  static FitData of(
      RunConfig config,
      String root,
      HadoopStorage storage,
      boolean oneJvm,
      Supplier<SparkSession> spark)
      throws IOException {
    Map<String, Object> data = config.data();
    if (TableData.describes(data)) {
      return TableData.of(spark.get(), config, root);
    }
    String format = String.valueOf(data.get("format"));
    String wanted = PlacementRule.wanted(data.get("placement"));
    int workers = config.cluster().workers().most(config.shards());
    if (!ImageSet.reads(format)) {
      return WholeData.of(
          data,
          root,
          storage,
          splits ->
              TableSource.formats().contains(format)
                  ? PlacementRule.ofTableFiles()
                  : PlacementRule.of(wanted, splits.bytes(), workers, oneJvm));
    }
    Listing listing = new Listing(storage);
    ImageSet set = ImageSet.open(Settings.of("data", WholeData.section(data)), listing, root);
    PlacementRule rule = PlacementRule.of(wanted, set.bytes(), workers, oneJvm);
    if (rule.placement() == DataFacts.Placement.REPLICATE) {
      return WholeData.of(data, root, storage, splits -> rule);
    }
    boolean decodes = format.equals("images") && !oneJvm;
    return ShareData.of(
        config,
        root,
        storage,
        set,
        listing,
        rule,
        decodes ? JavaSparkContext.fromSparkContext(spark.get().sparkContext()) : null);
  }

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

  /**
   * These data for a configuration of the same data section with other shards or another seed;
   * nothing is read. Null if that needs another reading.
   */
  @Nullable FitData dealtFor(RunConfig config);

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
