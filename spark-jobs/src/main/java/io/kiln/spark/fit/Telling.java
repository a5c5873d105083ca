package io.kiln.spark.fit;

import java.io.IOException;

/** How a worker tells the driver. */
@FunctionalInterface
interface Telling {
  /** Tells nobody: for fits of which only the end is of interest. */
  Telling NOTHING = message -> {};

  /**
   * Sends a message, in order.
   *
   * @throws IOException if the driver is gone
   */
  void tell(WorkerMessage message) throws IOException;
}
