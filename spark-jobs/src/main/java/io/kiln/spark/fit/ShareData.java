package io.kiln.spark.fit;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.ImageSet;
import io.kiln.nn.data.ImageSurvey;
import io.kiln.nn.data.Shards;
import io.kiln.nn.data.Share;
import io.kiln.nn.data.Splits;
import io.kiln.nn.io.FormatException;
import io.kiln.spark.cluster.GangContext;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.shards.Reading;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Images of which every worker reads those of its own shards. The driver knows labels and a check
 * number of each; it looks at all pixels once and holds none.
 */
public final class ShareData implements FitData {
  /** So many images are decoded by a task at least. */
  private static final int LEAST_OF_A_TASK = 64;

  private static final int TASKS_OF_A_SLOT = 3;

  private final ImageSet set;
  private final ImageSurvey survey;
  private final WholeData bare;
  private final Own own;

  private ShareData(ImageSet set, ImageSurvey survey, WholeData bare, Own own) {
    this.set = set;
    this.survey = survey;
    this.bare = bare;
    this.own = own;
  }

  /**
   * Looks at a set.
   *
   * @param listing through which the set was opened
   * @param spark whose executors decode it, or null: it is read here, once through
   */
  static ShareData of(
      RunConfig config,
      String root,
      HadoopStorage storage,
      ImageSet set,
      Listing listing,
      PlacementRule rule,
      @Nullable JavaSparkContext spark)
      throws IOException {
    LinkedHashMap<String, Object> section = WholeData.section(config.data());
    byte[] listed = listing.packed();
    ImageSurvey survey =
        spark == null ? set.survey(0, 1) : surveyed(spark, set, listed, section, root, storage);
    Splits bare = set.bare(survey);
    LinkedHashMap<String, Object> fitted = new LinkedHashMap<>(section);
    fitted.putAll(bare.fitted());
    int shards = config.shards();
    long seed = config.train().seed();
    Own own =
        new Own(
            listed,
            fitted,
            root,
            storage,
            bare.fingerprint(),
            shards,
            seed,
            set.checks(survey, shards, seed));
    return new ShareData(set, survey, new WholeData(bare, section, root, storage, rule), own);
  }

  @Override
  public ShareData dealtFor(RunConfig config) {
    int shards = config.shards();
    long seed = config.train().seed();
    Own other =
        new Own(
            own.listed,
            own.section,
            own.root,
            own.storage,
            own.fingerprint,
            shards,
            seed,
            set.checks(survey, shards, seed));
    return new ShareData(set, survey, bare, other);
  }

  private static ImageSurvey surveyed(
      JavaSparkContext spark,
      ImageSet set,
      byte[] listed,
      Map<String, Object> section,
      String root,
      HadoopStorage storage)
      throws IOException {
    long most = Math.max(1, set.count() / LEAST_OF_A_TASK);
    int slices = (int) Math.min(most, (long) TASKS_OF_A_SLOT * spark.defaultParallelism());
    List<Integer> numbers = IntStream.range(0, slices).boxed().toList();
    List<byte[]> parts;
    try {
      parts =
          spark
              .parallelize(new ArrayList<>(numbers), slices)
              .map(
                  slice ->
                      ImageSet.open(
                              Settings.of("data", section),
                              Listing.of(listed, storage, host()),
                              root)
                          .survey(slice, slices)
                          .toBytes())
              .collect();
    } catch (Exception e) { // Spark declares none of what it throws
      throw Reading.explained(String.valueOf(section.get("path")), e);
    }
    ImageSurvey whole = ImageSurvey.of(parts.get(0));
    for (byte[] part : parts.subList(1, parts.size())) {
      whole.add(ImageSurvey.of(part));
    }
    return whole;
  }

  private static String host() {
    return SparkEnv.get().blockManager().blockManagerId().host();
  }

  @Override
  public DataFacts facts() {
    return bare.facts();
  }

  @Override
  public Shards check(FitPlan plan) {
    return bare.check(plan);
  }

  @Override
  public Guess guess(FitPlan plan) {
    return bare.guess(plan);
  }

  @Override
  public WorkerData ready() {
    return own;
  }

  /** Every worker reads its share, and compares it with what the driver has seen. */
  private record Own(
      byte[] listed,
      LinkedHashMap<String, Object> section,
      String root,
      HadoopStorage storage,
      String fingerprint,
      int shards,
      long seed,
      long[][] checks)
      implements WorkerData {
    @Override
    public FitSamples open(GangContext gang, RunConfig config) throws IOException {
      if (config.shards() != shards || config.train().seed() != seed) {
        throw new IllegalStateException(
            "data: they are dealt to "
                + shards
                + " shards by seed "
                + seed
                + " but the fit has "
                + config.shards()
                + " and "
                + config.train().seed()
                + "; ask for the data of that configuration");
      }
      Share share = Share.of(gang.rank(), gang.size(), shards, seed);
      DataCache.Loaded loaded =
          DataCache.share(fingerprint + share, section, root, () -> read(share, gang));
      return FitSamples.of(loaded.splits(), config, loaded.bytes());
    }

    private DataCache.Loaded read(Share share, GangContext gang) throws IOException {
      CountingStorage counting = new CountingStorage(storage);
      ImageSet set =
          ImageSet.open(Settings.of("data", section), Listing.of(listed, counting, host()), root);
      ImageSet.Shared shared = set.share(share, spill(set.bytes(share)));
      for (int part = 0; part < checks.length; part++) {
        for (int shard = share.first(); shard < share.end(); shard++) {
          if (checks[part][shard] != shared.checks()[part][shard]) {
            throw new FormatException(
                "data of worker " + gang.rank() + " on " + host(),
                -1,
                "samples of shard "
                    + shard
                    + " are not those the driver has seen; give all machines the same files");
          }
        }
      }
      return new DataCache.Loaded(shared.splits(), counting.bytes());
    }

    /** Where a share goes that would take more than a quarter of the heap; else null. */
    private static @Nullable Path spill(long bytes) {
      return bytes <= Runtime.getRuntime().maxMemory() / 4
          ? null
          : SparkEnv.get().blockManager().diskBlockManager().localDirs()[0].toPath();
    }
  }
}
