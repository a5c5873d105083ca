package io.kiln.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/**
 * Kiln's Spark settings for what neither the command line nor the cluster's own configuration
 * settles. The one list is {@code conf/spark-defaults.conf}, which the jar carries.
 */
public final class SparkDefaults {
  private static final String FILE = "spark-defaults.conf";

  /** Workers, cores a worker, MiB a worker. */
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,[^,]*,\\s*(\\d+)\\s*]");

  private SparkDefaults() {}

  /** What spark-submit was told, and Kiln's settings where it was told nothing. */
  public static SparkConf conf() {
    return apply(new SparkConf());
  }

  /**
   * Adds what is missing. What depends on the master: the web UI is on for clusters and off for
   * {@code local…}; an executor has 2 GiB, or all that a {@code local-cluster[…]} gives a worker,
   * and as many executors come as that has workers: nobody waits for more.
   *
   * @return the same configuration
   */
  public static SparkConf apply(SparkConf conf) {
    Properties defaults = read();
    for (String key : defaults.stringPropertyNames()) {
      conf.setIfMissing(key, defaults.getProperty(key).trim());
    }
    String master = conf.get("spark.master", "local");
    conf.setIfMissing("spark.ui.enabled", String.valueOf(!master.startsWith("local")));
    Matcher localCluster = LOCAL_CLUSTER.matcher(master);
    boolean known = localCluster.matches();
    conf.setIfMissing("spark.executor.memory", known ? localCluster.group(2) + "m" : "2g");
    if (known) {
      conf.setIfMissing("spark.executor.instances", localCluster.group(1));
    }
    return conf;
  }

  private static Properties read() {
    Properties properties = new Properties();
    try (InputStream in = SparkDefaults.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("kiln: the jar has no " + FILE + "; build it again");
      }
      try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
        properties.load(reader);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }
}
