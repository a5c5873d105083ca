package io.kiln.spark.cluster;

import java.io.Serializable;

/**
 * What a gang asks for.
 *
 * @param least workers, 1 or more
 * @param most workers
 * @param cpus cores of each: 0 for as many of its executor as can be had
 * @param cpusMost more than these are of no use to a worker
 */
public record Wish(int least, int most, int cpus, int cpusMost) implements Serializable {
  /** Checks the numbers. */
  public Wish {
    if (least < 1 || most < least || cpus < 0 || cpusMost < 1) {
      throw new IllegalArgumentException(
          "slots: " + least + " to " + most + " workers of " + cpus + " cores are no wish");
    }
  }

  /** So many workers of so many cores. */
  public static Wish of(int workers, int cpus) {
    return new Wish(workers, workers, cpus, cpus);
  }
}
