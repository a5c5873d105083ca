package io.kiln.spark.fit;

import io.kiln.nn.config.ConfigException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the samples of a set that Kiln reads itself go, {@code data.placement}, and why. The only
 * place that knows what {@code auto} does; the weights are the same bits either way.
 *
 * @param placement where
 * @param why for the report
 */
record PlacementRule(DataFacts.Placement placement, String why) {
  /**
   * Sets up to here are replicated: a copy costs less than a thirtieth of the smallest heap an
   * executor has (Spark's floor is 450 MB), and a tenth of a second to read.
   */
  static final long SMALL_BYTES = 16L << 20;

  /**
   * The placement of a section.
   *
   * @param wanted {@code auto}, {@code replicate} or {@code shard}
   * @param bytes of all samples in memory
   * @param workers that train together
   * @param oneJvm whether they are all in the driver's JVM
   */
  static PlacementRule of(String wanted, long bytes, int workers, boolean oneJvm) {
    String size = String.format(Locale.ROOT, "%.1f MB in memory", bytes / (double) (1 << 20));
    if (!wanted.equals("auto")) {
      return new PlacementRule(
          wanted.equals("shard") ? DataFacts.Placement.SHARD : DataFacts.Placement.REPLICATE,
          "as data.placement says; " + size);
    }
    if (workers < 2) {
      return replicate("one worker has all shards");
    }
    if (oneJvm) {
      return replicate("all workers are in the driver's JVM and share its copy");
    }
    if (bytes <= SMALL_BYTES) {
      return replicate(size + ", of at most 16 MB every worker has a copy");
    }
    return new PlacementRule(
        DataFacts.Placement.SHARD,
        size + ", more than 16 MB: each of " + workers + " workers has its own shards");
  }

  /** Of files that Spark can read as a table, and Kiln reads itself where it is not asked to. */
  static PlacementRule ofTableFiles() {
    return replicate(
        "Kiln reads the file itself; with data.placement: shard Spark reads it as a table");
  }

  private static PlacementRule replicate(String why) {
    return new PlacementRule(DataFacts.Placement.REPLICATE, why);
  }

  /** The setting, checked. */
  static String wanted(@Nullable Object placement) {
    String wanted = placement == null ? "auto" : String.valueOf(placement);
    if (!wanted.equals("auto") && !wanted.equals("shard") && !wanted.equals("replicate")) {
      throw new ConfigException(
          "data.placement: '" + wanted + "' came but auto, replicate or shard is needed");
    }
    return wanted;
  }
}
