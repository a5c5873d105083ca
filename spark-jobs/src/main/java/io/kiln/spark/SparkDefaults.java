package io.kiln.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.spark.SparkConf;

/**
 * Kiln's Spark settings for what neither the command line nor the cluster's own configuration
 * settles. The one list is {@code conf/spark-defaults.conf}, which the jar carries.
 */
public final class SparkDefaults {
  private static final String FILE = "spark-defaults.conf";

  private SparkDefaults() {}

  /** What spark-submit was told, and Kiln's settings where it was told nothing. */
  public static SparkConf conf() {
    return apply(new SparkConf());
  }

  /**
   * Adds what is missing. The web UI is on for clusters and off for {@code local…} masters.
   *
   * @return the same configuration
   */
  public static SparkConf apply(SparkConf conf) {
    Properties defaults = read();
    for (String key : defaults.stringPropertyNames()) {
      conf.setIfMissing(key, defaults.getProperty(key).trim());
    }
    boolean local = conf.get("spark.master", "local").startsWith("local");
    conf.setIfMissing("spark.ui.enabled", String.valueOf(!local));
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
