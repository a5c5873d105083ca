package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The section {@code sweep}.
 *
 * @param strategy how trials are chosen
 * @param metric dotted name of what the best trial is best in
 * @param at the epoch whose metric counts
 * @param space what is tried, by dotted key
 * @param trials number of trials, for all strategies but grid
 * @param budget when to begin nothing more
 * @param seed of the choice of trials
 * @param parallel trials at a time; 0 for as many as there are slots
 * @param workers of each fit of a trial
 * @param halving when {@code asha} stops trials
 * @param folds parts for cross-validation; 0 for none
 * @param retrain what the best is trained on again
 * @param ensemble how many of the best answer together in the end; 0 for none
 * @param pack trials of one task at most; 0 for as many as are worth it, 1 for one
 */
public record SweepConfig(
    String strategy,
    String metric,
    At at,
    Map<String, Axis> space,
    int trials,
    Budget budget,
    long seed,
    int parallel,
    int workers,
    Halving halving,
    int folds,
    Retrain retrain,
    int ensemble,
    int pack) {
  /** The strategies. */
  public static final List<String> STRATEGIES = List.of("grid", "random", "asha", "tpe");

  /** The strategy that stops trials at rungs. */
  public static final String HALVING = "asha";

  /**
   * What may change when a sweep is resumed: how much of it there is, and on how many slots. What
   * was chosen until then stays chosen.
   */
  public static final List<String> MAY_CHANGE =
      List.of("trials", "epochs", "time", "target", "parallel", "pack", "retrain", "ensemble");

  /** The epoch that counts. */
  public enum At {
    /** That whose weights the trial ended with: the last, or with early stopping the best. */
    END,
    /** The best; the best trial is trained again to the weights of that epoch. */
    BEST
  }

  /** What the best is trained on again. */
  public enum Retrain {
    /** The training part: the weights are those of the trial. */
    TRAIN,
    /** The training and the validation part. */
    ALL
  }

  /**
   * When a sweep begins nothing more.
   *
   * @param epochs of all trials together; 0 for any number
   * @param seconds it may go on; 0 for any time
   * @param target metric that is enough; NaN for none
   */
  public record Budget(int epochs, double seconds, double target) {}

  /**
   * Successive halving.
   *
   * @param reduction one of so many trials goes on from each rung
   * @param minEpochs of the first rung
   */
  public record Halving(int reduction, int minEpochs) {}

  /** Keeps the order of the space. */
  public SweepConfig {
    space = Collections.unmodifiableMap(new LinkedHashMap<>(space));
  }

  /** Reads the section. */
  public static SweepConfig read(Settings settings) {
    String strategy = settings.choice("strategy", "grid", STRATEGIES.toArray(new String[0]));
    int folds = settings.atLeast(0, "folds", 0);
    if (folds == 1) {
      throw new ConfigException(
          settings.path("folds") + ": 1 came but 2 or more are needed, or 0 for none");
    }
    Settings space = settings.section("space");
    if (space.values().isEmpty()) {
      throw new ConfigException(
          space.where()
              + ": there is nothing to try; give keys and their values, e.g."
              + " optimizer.learning-rate: [0.1, 0.03]");
    }
    SweepConfig read =
        new SweepConfig(
            strategy,
            settings.choice("metric", "validation.accuracy", Metrics.ALL),
            At.valueOf(upper(settings.choice("at", "end", "end", "best"))),
            Axis.space(space, strategy),
            settings.atLeast(1, "trials", 20),
            new Budget(
                settings.atLeast(0, "epochs", 0),
                isNone(settings, "time") ? 0 : Seconds.read(settings, "time", 0),
                isNone(settings, "target") ? Double.NaN : settings.number("target", Double.NaN)),
            settings.whole("seed", 1),
            settings.atLeast(0, "parallel", 0),
            settings.atLeast(1, "workers", 1),
            new Halving(settings.atLeast(2, "reduction", 3), settings.atLeast(1, "min-epochs", 1)),
            folds,
            Retrain.valueOf(upper(settings.choice("retrain", "train", "train", "all"))),
            settings.atLeast(0, "ensemble", 0),
            settings.atLeast(0, "pack", 0));
    settings.finish();
    if (read.retrain == Retrain.ALL && read.at == At.BEST) {
      throw new ConfigException(
          settings.path("retrain")
              + ": all came with at: best but without validation data no epoch is known to be the"
              + " best; set one of them otherwise");
    }
    return read;
  }

  private static boolean isNone(Settings settings, String key) {
    return "none".equals(settings.raw(key));
  }

  private static String upper(String choice) {
    return choice.toUpperCase(java.util.Locale.ROOT);
  }

  /** Whether a greater metric is the better one. */
  public boolean greaterIsBetter() {
    return Metrics.greaterIsBetter(metric);
  }

  /** Fits of each trial. */
  public int fits() {
    return Math.max(1, folds);
  }

  Map<String, Object> resolved() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("strategy", strategy);
    map.put("metric", metric);
    map.put("at", lower(at));
    map.put("trials", trials);
    map.put("epochs", budget.epochs());
    map.put("time", budget.seconds() == 0 ? "none" : (Object) budget.seconds());
    map.put("target", Double.isNaN(budget.target()) ? "none" : (Object) budget.target());
    map.put("seed", seed);
    map.put("parallel", parallel);
    map.put("workers", workers);
    map.put("reduction", halving.reduction());
    map.put("min-epochs", halving.minEpochs());
    map.put("folds", folds);
    map.put("retrain", lower(retrain));
    map.put("ensemble", ensemble);
    map.put("pack", pack);
    map.put("space", Axis.resolved(space));
    return map;
  }

  private static String lower(Enum<?> choice) {
    return choice.name().toLowerCase(java.util.Locale.ROOT);
  }

  /** What decides which trials there are and what they are worth, as one text. */
  public String text() {
    Map<String, Object> map = resolved();
    MAY_CHANGE.forEach(map::remove);
    return ConfigHash.canonical(map);
  }
}
