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
   */
  static void with(int code, Properties properties, IntConsumer exit) throws SparkUserAppException {
    boolean master =
        properties.getProperty("spark.submit.deployMode", "").equals("cluster")
            && properties.getProperty("spark.master", "").equals("yarn");
    if (!master) {
      exit.accept(code);
    } else if (code != 0) {
      throw new SparkUserAppException(code, null);
    }
  }
}
