package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.SparkDefaults;
import io.kiln.spark.config.RunConfig;
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
  private @Nullable JavaSparkContext started;
  private boolean taken;

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
    this(name, master, 0);
  }

  /**
   * Likewise, for so many workers: YARN and Kubernetes are asked for executors for them, if the
   * user asked for none.
   *
   * @param workers that will run at the same time; 0 if it does not matter
   */
  public SparkRuntime(String name, @Nullable String master, int workers) {
    conf = new SparkConf().setAppName("kiln " + name);
    if (master != null) {
      conf.setMaster(master);
    }
    conf.setIfMissing("spark.master", "local[*]");
    SparkDefaults.apply(conf);
    String cluster = conf.get("spark.master");
    if (workers > 0 && (cluster.startsWith("yarn") || cluster.startsWith("k8s"))) {
      int cores = Math.max(1, conf.getInt("spark.executor.cores", 1));
      int each = Math.max(1, cores / Math.max(1, conf.getInt("spark.task.cpus", 1)));
      conf.setIfMissing("spark.executor.instances", Integer.toString((workers + each - 1) / each));
    }
    if (conf.get("spark.submit.deployMode", "client").equals("cluster")) {
      started = new JavaSparkContext(conf);
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
   * What a worker has of a machine.
   *
   * @param threads of each worker; 0 for the cores of its task
   * @param cores of its task; 0 for as many of its executor as can be had
   */
  public record Share(int threads, int cores) {}

  /**
   * Threads of each worker: what the configuration says, or if it leaves it open the cores of a
   * task, which are all its executor has to give, unless {@code spark.task.cpus} says how many; on
   * this machine alone, its cores divided among the workers.
   */
  public Share share(RunConfig config) {
    int configured = config.cluster().threads();
    int local = localCores();
    if (local == 0) {
      return new Share(configured, conf.getInt("spark.task.cpus", 0));
    }
    int workers = Math.min(local, config.cluster().workers().most(config.shards()));
    return new Share(configured > 0 ? configured : Math.max(1, local / workers), 1);
  }

  /** Threads of each of so many workers that use all there is. */
  public int threads(int workers) {
    int local = localCores();
    return local == 0 ? conf.getInt("spark.task.cpus", 1) : Math.max(1, local / workers);
  }

  /** Cores of this machine that the application has; 0 if it runs elsewhere too. */
  private int localCores() {
    Matcher local = LOCAL.matcher(conf.get("spark.master"));
    if (!local.matches()) {
      return 0;
    }
    String cores = local.group(2);
    return cores == null
        ? 1
        : cores.equals("*") ? Runtime.getRuntime().availableProcessors() : count(cores);
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

  private JavaSparkContext context() {
    JavaSparkContext known = started;
    if (known == null) {
      known = new JavaSparkContext(conf);
      started = known;
    }
    return known;
  }

  /** Spark's SQL in the application, which is started if it is not yet. */
  public SparkSession session() {
    return SparkSession.builder().sparkContext(context().sc()).getOrCreate();
  }

  /** Ends the application, if it was started and nobody took it. */
  @Override
  public void close() {
    JavaSparkContext known = started;
    if (known != null && !taken) {
      known.close();
    }
  }

  /** The application, started if it is not yet; the caller closes it. */
  public JavaSparkContext start() {
    taken = true;
    return context();
  }
}
