package io.kiln.spark.cluster;

import io.kiln.nn.collective.LinkOptions;
import io.kiln.nn.collective.LinkOptions.PortRange;
import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.SparkConf;

/**
 * How a gang is got and watched.
 *
 * @param workers number of tasks, all running at the same time
 * @param cpus cores of each; {@code spark.task.cpus} at least
 * @param attempt number of this attempt; workers of other attempts are refused
 * @param encrypt AES-GCM between all of them
 * @param firstPort where listeners of driver and workers may be; 0 for any free port
 * @param lastPort the end of that range, inclusive
 * @param slotTimeout how long to wait for enough free slots
 * @param startTimeout how long the tasks may take to come together once they are submitted
 * @param readDeadline how long a worker waits for another's numbers
 * @param heartbeatTimeout after how long without a sign of life a worker is given up
 */
public record GangOptions(
    int workers,
    int cpus,
    int attempt,
    boolean encrypt,
    int firstPort,
    int lastPort,
    Duration slotTimeout,
    Duration startTimeout,
    Duration readDeadline,
    Duration heartbeatTimeout)
    implements Serializable {

  /** Checks the numbers. */
  public GangOptions {
    if (workers < 1) {
      throw new IllegalArgumentException(
          "gang: " + workers + " workers came but 1 or more is needed");
    }
    if (cpus < 1) {
      throw new IllegalArgumentException("gang: " + cpus + " cores came but 1 or more is needed");
    }
    if (attempt < 0) {
      throw new IllegalArgumentException("gang: attempt " + attempt + " came; they count from 0");
    }
    if (heartbeatTimeout.toMillis() < 100) {
      throw new IllegalArgumentException(
          "gang: a heartbeat timeout of " + heartbeatTimeout.toMillis() + " ms is too short");
    }
  }

  /**
   * The options for a cluster: encryption if Spark encrypts its own traffic, any port, a minute for
   * the slots and another to start, ten minutes for a slow worker, ten seconds for a silent one.
   */
  public static GangOptions of(SparkConf conf, int workers) {
    boolean encrypt =
        conf.getBoolean("spark.network.crypto.enabled", false)
            || conf.getBoolean("spark.ssl.rpc.enabled", false)
            || conf.getBoolean("spark.ssl.enabled", false)
            || conf.getBoolean("spark.authenticate.enableSaslEncryption", false);
    return new GangOptions(
        workers,
        Math.max(1, conf.getInt("spark.task.cpus", 1)),
        0,
        encrypt,
        0,
        0,
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        Duration.ofMinutes(10),
        Duration.ofSeconds(10));
  }

  /** These options for another attempt. */
  public GangOptions withAttempt(int number) {
    return new GangOptions(
        workers,
        cpus,
        number,
        encrypt,
        firstPort,
        lastPort,
        slotTimeout,
        startTimeout,
        readDeadline,
        heartbeatTimeout);
  }

  /** These options for the workers that a lease is of. */
  public GangOptions with(Lease lease) {
    return new GangOptions(
        lease.workers(),
        lease.cpus(),
        attempt,
        encrypt,
        firstPort,
        lastPort,
        slotTimeout,
        startTimeout,
        readDeadline,
        heartbeatTimeout);
  }

  /** These options with encryption on or off. */
  public GangOptions withEncrypt(boolean on) {
    return new GangOptions(
        workers,
        cpus,
        attempt,
        on,
        firstPort,
        lastPort,
        slotTimeout,
        startTimeout,
        readDeadline,
        heartbeatTimeout);
  }

  /** These options with listeners on other ports. */
  public GangOptions withPorts(int first, int last) {
    return new GangOptions(
        workers,
        cpus,
        attempt,
        encrypt,
        first,
        last,
        slotTimeout,
        startTimeout,
        readDeadline,
        heartbeatTimeout);
  }

  /** These options with another wait for free slots. */
  public GangOptions withSlotTimeout(Duration timeout) {
    return new GangOptions(
        workers,
        cpus,
        attempt,
        encrypt,
        firstPort,
        lastPort,
        timeout,
        startTimeout,
        readDeadline,
        heartbeatTimeout);
  }

  /** These options with other limits on silence. */
  public GangOptions withSilence(Duration read, Duration heartbeat) {
    return new GangOptions(
        workers,
        cpus,
        attempt,
        encrypt,
        firstPort,
        lastPort,
        slotTimeout,
        startTimeout,
        read,
        heartbeat);
  }

  PortRange ports() {
    return new PortRange(firstPort, lastPort);
  }

  LinkOptions links() {
    return new LinkOptions(encrypt, ports(), startTimeout, readDeadline, LinkOptions.SHARES);
  }
}
