package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The section {@code cluster}.
 *
 * @param workers tasks that train together
 * @param threads threads of a worker; 0 for as many as its task has cores
 * @param sync how gradients or weights come together
 * @param localSteps steps between averages of the weights, for local SGD
 * @param reproducible what has to give the same bits
 * @param virtualShards parts the gradient sum is made of; 0 for the default, see {@link #shards}
 * @param wire width of numbers between workers
 * @param encrypt whether the traffic between workers is encrypted
 * @param resourcesTimeout seconds to wait for the cluster to give the workers
 * @param peerTimeout seconds without a word after which a worker counts as lost
 * @param attempts how often a fit is started before it counts as failed
 */
public record ClusterConfig(
    Workers workers,
    int threads,
    Sync sync,
    int localSteps,
    Reproducible reproducible,
    int virtualShards,
    Wire wire,
    Encrypt encrypt,
    double resourcesTimeout,
    double peerTimeout,
    int attempts) {
  /** Seconds to wait for slots where nothing is said. */
  public static final int RESOURCES_TIMEOUT = 300;

  /** How workers agree. */
  public enum Sync {
    /** Gradients are summed every step, over sockets of our own. */
    ALLREDUCE,
    /** Weights are averaged every so many steps. */
    LOCAL_SGD,
    /** Gradients are summed by one Spark job a step: slow, for comparison. */
    SPARK_AGGREGATE
  }

  /** Parts of the gradient sum where nothing is said. */
  private static final int DEFAULT_SHARDS = 8;

  /** Samples that each part of a step has at least where nothing is said. */
  private static final int SAMPLES_OF_A_SHARD = 32;

  /** What gives the same bits again. */
  public enum Reproducible {
    /** Nothing has to. */
    NONE,
    /** A rerun or resume with as many workers. */
    FIXED_WORKERS,
    /** A rerun or resume with any number of workers. */
    ANY_WORKERS
  }

  /** Width of numbers between workers. */
  public enum Wire {
    /** As the weights are. */
    FULL,
    /** 16 bits, with float32's range. */
    BFLOAT16
  }

  /** Whether traffic between workers is encrypted. */
  public enum Encrypt {
    /** If Spark encrypts its own. */
    AUTO,
    /** Always. */
    TRUE,
    /** Never. */
    FALSE
  }

  /** Reads the section. */
  public static ClusterConfig read(Settings settings) {
    ClusterConfig read =
        new ClusterConfig(
            Workers.read(settings),
            "auto".equals(settings.raw("threads")) ? 0 : settings.atLeast(0, "threads", 0),
            choice(settings, "sync", Sync.ALLREDUCE),
            settings.atLeast(1, "local-steps", 16),
            choice(settings, "reproducible", Reproducible.FIXED_WORKERS),
            "auto".equals(settings.text("virtual-shards", "auto"))
                ? 0
                : settings.atLeast(1, "virtual-shards", DEFAULT_SHARDS),
            choice(settings, "wire", Wire.FULL),
            choice(settings, "encrypt", Encrypt.AUTO),
            Seconds.read(settings, "resources-timeout", RESOURCES_TIMEOUT),
            Seconds.read(settings, "peer-timeout", 30),
            settings.atLeast(1, "attempts", 4));
    settings.finish();
    refuse(settings, "sync", label(read.sync), read.sync != Sync.ALLREDUCE, "allreduce");
    refuse(settings, "wire", label(read.wire), read.wire != Wire.FULL, "full");
    return read;
  }

  /** A setting that has its place in the configuration but no code behind it yet. */
  private static void refuse(
      Settings settings, String key, String value, boolean absent, String instead) {
    if (absent) {
      throw new ConfigException(
          settings.path(key) + ": " + value + " is not in this version yet; use " + instead);
    }
  }

  /**
   * Virtual shards V, which decide the weights: what is configured; otherwise {@value
   * #DEFAULT_SHARDS}, and where any number of workers gives the same bits, that is all. Else it is
   * halved until each has {@value #SAMPLES_OF_A_SHARD} samples of a step (with fewer, the sums over
   * shards cost more than the products, and batch norms have too few to normalize by: Wu and He
   * 2018, "Group normalization", figure 1), but as many as there are workers. It depends on no
   * machine: not on its cores, and not on {@code threads}.
   */
  int shards(int batchSize) {
    if (virtualShards > 0) {
      return virtualShards;
    }
    int shards = DEFAULT_SHARDS;
    if (reproducible == Reproducible.ANY_WORKERS) {
      return shards; // the number of workers must not decide it
    }
    while (shards > 1 && shards * SAMPLES_OF_A_SHARD > batchSize) {
      shards /= 2;
    }
    return Math.max(shards, Math.max(workers.least(), workers.most()));
  }

  /**
   * What does not show in the numbers: workers or threads that have nothing to do.
   *
   * @param threadsOfEach of each worker
   */
  List<String> notes(int batchSize, int threadsOfEach) {
    int shards = shards(batchSize);
    long there = (long) workers.least() * threadsOfEach;
    return there <= shards
        ? List.of()
        : List.of(
            there
                + " threads (cluster.workers × cluster.threads) came but cluster.virtual-shards is "
                + shards
                + ", so "
                + (there - shards)
                + " of them have nothing to do; a greater number uses them, and gives other"
                + " weights");
  }

  Map<String, Object> resolved() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workers", workers.resolved());
    map.put("threads", threads == 0 ? "auto" : threads);
    map.put("sync", label(sync));
    map.put("local-steps", localSteps);
    map.put("reproducible", label(reproducible));
    map.put("virtual-shards", virtualShards == 0 ? "auto" : virtualShards);
    map.put("wire", label(wire));
    map.put("encrypt", label(encrypt));
    map.put("resources-timeout", resourcesTimeout);
    map.put("peer-timeout", peerTimeout);
    map.put("attempts", attempts);
    return map;
  }

  private static <E extends Enum<E>> E choice(Settings settings, String key, E fallback) {
    E[] constants = fallback.getDeclaringClass().getEnumConstants();
    String[] labels = new String[constants.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = label(constants[i]);
    }
    String chosen = settings.choice(key, label(fallback), labels);
    for (E constant : constants) {
      if (label(constant).equals(chosen)) {
        return constant;
      }
    }
    throw new IllegalStateException(chosen);
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
