package io.kiln.spark;

import java.util.Properties;
import java.util.function.IntConsumer;
import org.apache.spark.SparkUserAppException;

/**
 * How a command's exit code reaches those who started it.
 *
 * <p>On YARN the driver is a thread of the application's master, which takes a JVM that exits for a
 * failure, with code 0 too, and starts the driver again: there {@code main} returns, or throws what
 * the master knows. Everywhere else the JVM exits.
 */
final class Ended {
  private Ended() {}

  /**
   * Ends a command.
   *
   * @param code its exit code
   * @param properties of this JVM; Spark puts its settings there
   * @param exit how a JVM of its own ends
   * @throws Exception on YARN, if the code is not 0: what the master reads it from
   */
  static void with(int code, Properties properties, IntConsumer exit) throws Exception {
    boolean master =
        properties.getProperty("spark.submit.deployMode", "").equals("cluster")
            && properties.getProperty("spark.master", "").equals("yarn");
    if (!master) {
      exit.accept(code);
    } else if (code != 0) {
      OnYarn.fail(code);
    }
  }

  /** A class of its own, so that a command that needs no Spark finds its end without one. */
  private static final class OnYarn {
    static void fail(int code) throws SparkUserAppException {
      throw new SparkUserAppException(code, null);
    }
  }
}
