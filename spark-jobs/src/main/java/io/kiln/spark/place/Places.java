package io.kiln.spark.place;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.store.HadoopStorage;
import java.io.File;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the paths that people type, on the driver: a plain path below the driver's folder, a URI
 * without a host on the file system that Hadoop's configuration names.
 */
public final class Places {
  /** A scheme, then a root, then no second slash: {@code hdfs:/data}, or {@code hdfs:///data}. */
  private static final Pattern NO_HOST = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?://)?(/.*)");

  private static final String RELATIVE_RUNS = "runs/<name>-<time>";

  private final URI usual;
  private final boolean elsewhere;

  /**
   * Places as seen from a driver.
   *
   * @param hadoop names the usual file system, {@code fs.defaultFS}
   * @param elsewhere whether the driver runs in a folder of the cluster's, which goes when it ends
   */
  public Places(Configuration hadoop, boolean elsewhere) {
    this.usual = FileSystem.getDefaultUri(hadoop);
    this.elsewhere = elsewhere;
  }

  /** Places as seen from the driver of that application. */
  public static Places of(SparkConf conf) {
    return new Places(
        SparkHadoopUtil.get().newConfiguration(conf),
        conf.get("spark.submit.deployMode", "client").equals("cluster"));
  }

  /**
   * A place that means the same in every JVM.
   *
   * @param what names it in an error, e.g. {@code --data}
   * @throws ConfigException if it is on HDFS and nobody says on which
   */
  public String resolved(String what, String place) {
    Matcher noHost = NO_HOST.matcher(place);
    if (!noHost.matches() || noHost.group(2).startsWith("//")) {
      return HadoopStorage.qualified(place);
    }
    String scheme = noHost.group(1);
    if (scheme.equalsIgnoreCase("file")) {
      return HadoopStorage.qualified(place);
    }
    if (scheme.equals(usual.getScheme()) && usual.getAuthority() != null) {
      return scheme + "://" + usual.getAuthority() + noHost.group(2);
    }
    if (scheme.equals("hdfs")) {
      throw new ConfigException(
          what
              + ": "
              + place
              + " names no host and Hadoop's configuration (fs.defaultFS: "
              + usual
              + ") names no HDFS; write hdfs://HOST:PORT"
              + noHost.group(2)
              + ", or set HADOOP_CONF_DIR");
    }
    return place;
  }

  /** The folder of data sets; without one, the driver's own folder. */
  public String dataRoot(@Nullable String root) {
    return root == null ? new File("").getAbsolutePath() : resolved("--data", root);
  }

  /**
   * The folder for results; null if nobody named one and the driver's own folder will do.
   *
   * @throws ConfigException if the results would go when the driver ends
   */
  public @Nullable String out(@Nullable String out) {
    if (elsewhere && (out == null || !HadoopStorage.absolute(out))) {
      throw new ConfigException(
          "--out: "
              + (out == null ? RELATIVE_RUNS : out)
              + " is below the driver's own folder, which the cluster removes when the driver ends;"
              + " give a place that stays, e.g. --out hdfs:/runs/mine");
    }
    return out == null ? null : resolved("--out", out);
  }
}
