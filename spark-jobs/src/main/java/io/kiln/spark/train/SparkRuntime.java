package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.SparkDefaults;
import io.kiln.spark.place.Places;
import io.kiln.spark.store.HadoopStorage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** The Spark application of a command: its configuration before it starts, and the context. */
public final class SparkRuntime implements AutoCloseable {
  private static final Pattern LOCAL = Pattern.compile("local(\\[(\\*|\\d+)(\\s*,.*)?])?");

  private final SparkConf conf;
  private @Nullable JavaSparkContext early;

  /**
   * The configuration that spark-submit gave, with what Kiln needs where nothing was said.
   *
   * <p>Where the driver itself runs on the cluster, the application starts here: YARN gives up a
   * driver that has none after 100 s, and reading the data can take longer. Elsewhere {@link
   * #start} starts it, once mistakes that cost nothing are found.
   *
   * @param master what the user asked for, or null for spark-submit's, or all cores of this machine
   */
  public SparkRuntime(String name, @Nullable String master) {
    conf = new SparkConf().setAppName("kiln " + name);
    if (master != null) {
      conf.setMaster(master);
    }
    conf.setIfMissing("spark.master", "local[*]");
    SparkDefaults.apply(conf);
    if (conf.get("spark.submit.deployMode", "client").equals("cluster")) {
      early = new JavaSparkContext(conf);
    }
  }

  /** Resolves what people type into what means the same in every JVM. */
  public Places places() {
    return Places.of(conf);
  }

  /** Storage with the Hadoop settings that spark-submit was given. */
  public HadoopStorage storage() {
    return new HadoopStorage(SparkHadoopUtil.get().newConfiguration(conf));
  }

  /**
   * Threads of each worker: what the configuration says, or if it leaves it open the cores of a
   * task; on this machine alone, its cores divided among the workers.
   */
  public int threads(int configured, int workers) {
    if (configured > 0) {
      return configured;
    }
    Matcher local = LOCAL.matcher(conf.get("spark.master"));
    if (!local.matches()) {
      return conf.getInt("spark.task.cpus", 1);
    }
    String cores = local.group(2);
    int all =
        cores == null
            ? 1
            : cores.equals("*") ? Runtime.getRuntime().availableProcessors() : count(cores);
    return Math.max(1, all / workers);
  }

  /** Whether driver and workers are one JVM. */
  public boolean oneJvm() {
    return LOCAL.matcher(conf.get("spark.master")).matches();
  }

  private static int count(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new ConfigException("master: local[" + digits + "] is no number of threads");
    }
  }

  /** Spark's SQL in the application, which is started if it is not yet. */
  public SparkSession session() {
    JavaSparkContext started = early;
    if (started == null) {
      started = new JavaSparkContext(conf);
      early = started;
    }
    return SparkSession.builder().sparkContext(started.sc()).getOrCreate();
  }

  /** Ends the application, if it was started and nobody took it. */
  @Override
  public void close() {
    JavaSparkContext started = early;
    early = null;
    if (started != null) {
      started.close();
    }
  }

  /** The application, started if it is not yet; the caller closes it. */
  public JavaSparkContext start() {
    JavaSparkContext started = early;
    early = null;
    return started == null ? new JavaSparkContext(conf) : started;
  }
}
