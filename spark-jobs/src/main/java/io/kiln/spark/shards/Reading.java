package io.kiln.spark.shards;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.FormatException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CancellationException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/** Spark's own rows without a detour through objects, and what went wrong with them in one line. */
public final class Reading {
  private Reading() {}

  /** The rows as Spark has them; each is only valid until the next. */
  static JavaRDD<InternalRow> rows(Dataset<Row> table) {
    if (table instanceof org.apache.spark.sql.classic.Dataset<Row> own) {
      return own.queryExecution().toRdd().toJavaRDD();
    }
    throw new ConfigException(
        "data: a table of "
            + table.getClass().getName()
            + " came but one of a Spark session in this process is needed");
  }

  /** Adds up. */
  interface Sum extends java.io.Serializable {
    byte[] of(byte[] a, byte[] b) throws IOException;
  }

  /** What the partitions' results add up to, on the executors but for the last few. */
  static byte[] sum(
      String name,
      JavaRDD<InternalRow> rows,
      FlatMapFunction<java.util.Iterator<InternalRow>, byte[]> each,
      Sum sum)
      throws IOException {
    try {
      return rows.mapPartitions(each).treeReduce(sum::of);
    } catch (Exception e) { // Spark declares none of what it throws
      throw explained(name, e);
    }
  }

  /** What an error of Spark's means. */
  public static IOException explained(String name, Throwable thrown) {
    Throwable last = thrown;
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof FormatException || cause instanceof NoSuchFileException) {
        return (IOException) cause;
      }
      if (cause instanceof ConfigException known) {
        throw known;
      }
      if (cause instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        throw new CancellationException("data: interrupted");
      }
      if (cause instanceof FileNotFoundException) {
        return new FormatException(
            name, -1, "a file vanished while it was read: " + line(cause) + "; give it back");
      }
      last = cause;
    }
    FormatException unreadable =
        new FormatException(name, -1, "it cannot be read: " + line(last) + "; look at the file");
    unreadable.initCause(thrown);
    return unreadable;
  }

  private static String line(Throwable e) {
    return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
  }
}
