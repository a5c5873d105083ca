package io.kiln.spark.fit;

import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.DatasetShards;
import io.kiln.nn.data.Shards;
import io.kiln.nn.data.Share;
import io.kiln.nn.data.Splits;
import io.kiln.nn.train.Baseline;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.Fit;
import io.kiln.nn.train.FitCheck;
import io.kiln.spark.cluster.GangContext;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Data that driver and workers read as a whole, each for itself; a worker keeps all of them, or the
 * samples of its own shards.
 *
 * @param splits the driver's copy
 * @param section of the configuration that describes them
 * @param root folder of data sets
 * @param storage where they are
 * @param rule what workers keep, and why
 */
public record WholeData(
    Splits splits,
    Map<String, Object> section,
    String root,
    HadoopStorage storage,
    PlacementRule rule)
    implements FitData {
  /** Reads the data of a section, once a JVM; every worker keeps them all. */
  public static WholeData of(Map<String, Object> section, String root, HadoopStorage storage)
      throws IOException {
    return of(
        section,
        root,
        storage,
        splits -> new PlacementRule(DataFacts.Placement.REPLICATE, "as the program wants it"));
  }

  /**
   * Reads the data of a section, once a JVM.
   *
   * @param rule what workers keep, when it is known how much there is
   */
  static WholeData of(
      Map<String, Object> section,
      String root,
      HadoopStorage storage,
      Function<Splits, PlacementRule> rule)
      throws IOException {
    Splits splits = DataCache.get(section, root, storage).splits();
    return new WholeData(splits, section, root, storage, rule.apply(splits));
  }

  /** A data section without what says where samples go. */
  static LinkedHashMap<String, Object> section(Map<String, Object> data) {
    LinkedHashMap<String, Object> section = new LinkedHashMap<>(data);
    section.remove("placement");
    return section;
  }

  @Override
  public DataFacts facts() {
    return new DataFacts(
        splits.train().spec(),
        splits.train().size(),
        splits.validation().size(),
        splits.test().size(),
        splits.fingerprint(),
        splits.fitted(),
        splits.notes(),
        rule.placement(),
        rule.why());
  }

  @Override
  public Shards check(FitPlan plan) {
    FitCheck.check(
        plan.network(),
        plan.loss(),
        plan.rule(),
        splits.train(),
        splits.validation(),
        plan.options());
    long[] sizes =
        Fit.sizes(
            DatasetShards.dealt(splits.train(), plan.options().shards(), plan.options().seed()));
    return Fit.check(plan.network(), plan.rule(), sizes, plan.options());
  }

  @Override
  public Guess guess(FitPlan plan) {
    Baseline baseline = Baseline.of(plan.network(), plan.loss(), splits.train());
    return new Guess(
        baseline.answer(), on(baseline, splits.validation()), on(baseline, splits.test()));
  }

  private static @Nullable Evaluation on(Baseline baseline, Dataset data) {
    return data.size() == 0 ? null : baseline.on(data);
  }

  @Override
  public WholeData dealtFor(RunConfig config) {
    return this;
  }

  @Override
  public WorkerData ready() {
    return new Copies(
        new LinkedHashMap<>(section),
        root,
        storage,
        splits.fingerprint(),
        rule.placement() == DataFacts.Placement.SHARD);
  }

  /** Every worker reads its own copy, and compares it with the driver's. */
  private record Copies(
      LinkedHashMap<String, Object> section,
      String root,
      HadoopStorage storage,
      String fingerprint,
      boolean shares)
      implements WorkerData {
    @Override
    public FitSamples open(GangContext gang, RunConfig config) throws IOException {
      DataCache.Loaded loaded = shares ? share(gang, config) : read(gang);
      compare(gang, loaded.splits().fingerprint());
      return FitSamples.of(loaded.splits(), config, loaded.bytes());
    }

    private DataCache.Loaded read(GangContext gang) throws IOException {
      try {
        return DataCache.get(section, root, storage);
      } catch (NoSuchFileException e) {
        throw Listing.missing(e.getFile(), gang.workers().get(gang.rank()).host());
      }
    }

    private DataCache.Loaded share(GangContext gang, RunConfig config) throws IOException {
      Share own = Share.of(gang.rank(), gang.size(), config.shards(), config.train().seed());
      return DataCache.share(
          fingerprint + own,
          section,
          root,
          () -> {
            DataCache.Loaded whole = whole(gang);
            return new DataCache.Loaded(whole.splits().share(own), whole.bytes());
          });
    }

    private DataCache.Loaded whole(GangContext gang) throws IOException {
      try {
        return DataCache.read(section, root, storage);
      } catch (NoSuchFileException e) {
        throw Listing.missing(e.getFile(), gang.workers().get(gang.rank()).host());
      }
    }

    /** All workers have the data that the driver has, or none of them trains. */
    private void compare(GangContext gang, String own) throws IOException {
      byte[] mine = own.getBytes(StandardCharsets.US_ASCII);
      byte[][] all = gang.collective().exchange(mine);
      for (int rank = 0; rank < all.length; rank++) {
        DataCache.check(
            new String(all[rank], StandardCharsets.US_ASCII),
            fingerprint,
            "worker " + rank + " on " + gang.workers().get(rank).host());
      }
    }
  }
}
