package io.kiln.spark.cluster;

import io.kiln.spark.SparkDefaults;
import java.io.File;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark contexts for tests; executors of their own get this build's classes. */
public final class TestSpark {
  private TestSpark() {}

  /** A context on that master. */
  public static JavaSparkContext start(String master) {
    return new JavaSparkContext(conf(master));
  }

  /** The settings of such a context. */
  public static SparkConf conf(String master) {
    return SparkDefaults.apply(new SparkConf().setMaster(master).setAppName("gang tests"))
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.executor.memory", "512m")
        .set("spark.executor.extraClassPath", ownClasses())
        .set("spark.executorEnv.SPARK_LOCAL_IP", "127.0.0.1");
  }

  /** What the Spark home does not have: Kiln and the libraries it brings. */
  public static String ownClasses() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(
            path ->
                !path.endsWith(".jar")
                    || path.contains("kiln")
                    || path.contains("nn-core")
                    || path.contains("javacpp")
                    || path.contains("snakeyaml")
                    || path.contains("openblas"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
