package io.kiln.spark.sweep;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.fit.TableData;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.search.Space;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What is found before anything is trained: mistakes, and what trials cost. */
final class SweepChecks {
  /** Floating-point operations a second of small networks on one core, about. */
  private static final double SPEED = 4e9;

  /** Seconds of a step, however little there is to compute. */
  private static final double STEP_SECONDS = 15e-6;

  /** Cost of a trial of which none is known: it is taken for dear, and has a task of its own. */
  private static final double UNKNOWN = 1e15;

  /** Formats whose samples stand in an order that matters, or with others. */
  private static final Set<String> UNPARTED = Set.of("text", "flickr8k");

  private final RunConfig config;
  private final SweepConfig sweep;
  private final TrainRun.Prepared prepared;
  private final HadoopStorage storage;
  private final Map<Map<String, Object>, Double> known = new ConcurrentHashMap<>();

  SweepChecks(
      RunConfig config, SweepConfig sweep, TrainRun.Prepared prepared, HadoopStorage storage) {
    this.config = config;
    this.sweep = sweep;
    this.prepared = prepared;
    this.storage = storage;
  }

  /** Refuses what cannot work. */
  void check(Space space) {
    boolean held = prepared.data().facts().validation() > 0 || sweep.folds() > 0;
    if (sweep.metric().startsWith("validation") && !held) {
      throw new ConfigException(
          "sweep.metric: "
              + sweep.metric()
              + " needs validation data but there are none; set data.validation, or sweep.folds");
    }
    if (sweep.greaterIsBetter() && !TrainRun.classifies(config, prepared.data())) {
      throw new ConfigException(
          "sweep.metric: "
              + sweep.metric()
              + " is for classes but the label is a number; set sweep.metric: validation.loss");
    }
    if (sweep.strategy().equals(SweepConfig.HALVING)) {
      if (space.axes().containsKey("train.epochs")) {
        throw new ConfigException(
            "sweep.space.train.epochs: asha itself decides how long a trial goes on; take it out,"
                + " and set train.epochs to the most");
      }
      if (sweep.halving().minEpochs() > config.train().epochs()) {
        throw new ConfigException(
            "sweep.min-epochs: "
                + sweep.halving().minEpochs()
                + " came but a trial has "
                + config.train().epochs()
                + " epochs; lower it, or raise train.epochs");
      }
    }
    if (sweep.workers() > config.shards()) {
      throw new ConfigException(
          "sweep.workers: "
              + sweep.workers()
              + " came but there are "
              + config.shards()
              + " virtual shards, and a worker without one has nothing to do; raise"
              + " cluster.virtual-shards");
    }
    checkData(space);
  }

  private void checkData(Space space) {
    String format = String.valueOf(config.data().get("format"));
    boolean whole = prepared.data() instanceof WholeData;
    boolean given = config.data().get("validation") instanceof String text && !isNumber(text);
    if (sweep.folds() > 0 && (UNPARTED.contains(format) || prepared.data() instanceof TableData)) {
      throw new ConfigException(
          "sweep.folds: "
              + sweep.folds()
              + " came but "
              + (UNPARTED.contains(format) ? "data of the format " + format : "tables of Spark's")
              + " have no folds; set it to 0, and hold samples out with data.validation");
    }
    if (given && (sweep.folds() > 0 || sweep.retrain() == SweepConfig.Retrain.ALL)) {
      throw new ConfigException(
          (sweep.folds() > 0 ? "sweep.folds: " + sweep.folds() : "sweep.retrain: all")
              + " came but the validation part is a file of its own ("
              + config.data().get("validation")
              + "); put its samples with those for training, and give their number or share in"
              + " data.validation");
    }
    if (sweep.ensemble() > 0 && space.axes().keySet().stream().anyMatch(SweepChecks::isOfData)) {
      throw new ConfigException(
          "sweep.ensemble: "
              + sweep.ensemble()
              + " came but the space has keys of data, and networks that read data differently"
              + " cannot answer together; set it to 0");
    }
    if (sweep.ensemble() > 0 && (sweep.folds() > 0 || !whole)) {
      throw new ConfigException(
          "sweep.ensemble: "
              + sweep.ensemble()
              + (sweep.folds() > 0
                  ? " came with sweep.folds, of whose fits none is trained on all; set one of them"
                      + " to 0"
                  : " came but it needs data that every worker has whole; set data.placement:"
                      + " replicate, or sweep.ensemble to 0"));
    }
  }

  private static boolean isOfData(String key) {
    return key.equals("data") || key.startsWith("data.");
  }

  private static boolean isNumber(String text) {
    try {
      return Double.isFinite(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /**
   * Floating-point operations of a trial, with the network's mistakes found on the way. What is
   * tried about data is left out: their shapes are not known yet.
   */
  double flops(Map<String, Object> values) {
    Map<String, Object> others = TrialFits.withoutData(values);
    Double cost = known.get(others);
    if (cost == null) {
      try {
        cost = TrainRun.flops(config.with(others), prepared.data(), prepared.root(), storage);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (ConfigException e) {
        if (others.size() == values.size()) {
          throw e;
        }
        cost = UNKNOWN; // it may go together with its own data
      }
      known.put(others, cost);
    }
    return cost;
  }

  /** Seconds of a whole trial on one core, about. */
  double seconds(Map<String, Object> values) {
    RunConfig trial = config.with(TrialFits.withoutData(values));
    double perEpoch =
        Math.ceil((double) prepared.data().facts().train() / trial.train().batchSize());
    return flops(values) / SPEED + STEP_SECONDS * perEpoch * trial.train().epochs();
  }

  /** Epochs of a whole trial. */
  int epochs(Map<String, Object> values) {
    Object own = values.get("train.epochs");
    return own instanceof Number number ? number.intValue() : config.train().epochs();
  }

  /** Whether fits may share a task. */
  boolean packs() {
    return sweep.workers() == 1 && prepared.data() instanceof WholeData;
  }
}
