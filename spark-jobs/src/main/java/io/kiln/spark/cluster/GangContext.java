package io.kiln.spark.cluster;

import io.kiln.nn.collective.Collective;
import java.io.IOException;
import java.util.List;

/** What a worker of a gang knows and can do. */
public final class GangContext {
  private final GangMember member;
  private final Collective collective;
  private final List<WorkerInfo> workers;
  private final int attempt;

  GangContext(GangMember member, Collective collective, List<WorkerInfo> workers, int attempt) {
    this.member = member;
    this.collective = collective;
    this.workers = workers;
    this.attempt = attempt;
  }

  /** This worker's place, 0 to size - 1. */
  public int rank() {
    return collective.rank();
  }

  /** Number of workers. */
  public int size() {
    return collective.size();
  }

  /** Number of the attempt. */
  public int attempt() {
    return attempt;
  }

  /** What the workers do together. Closed by the gang, not by the task. */
  public Collective collective() {
    return collective;
  }

  /** All workers in rank order. */
  public List<WorkerInfo> workers() {
    return workers;
  }

  /** Threads this worker may use: {@code spark.task.cpus}. */
  public int cpus() {
    return workers.get(rank()).cpus();
  }

  /**
   * Sends bytes to the driver, in order.
   *
   * @throws IOException if the driver is gone
   */
  public void report(byte[] body) throws IOException {
    member.send(Protocol.progress(body));
  }

  /**
   * Whether the driver asked to save and leave. Workers may hear of it at different times: act on
   * it together, after an {@link Collective#exchange}.
   */
  public boolean stopRequested() {
    return member.stopRequested();
  }

  /**
   * Ends work that nobody waits for any more; for loops that compute for long without talking.
   *
   * @throws java.util.concurrent.CancellationException if another worker failed, the driver is
   *     gone, or Spark kills the task
   */
  public void checkAlive() {
    member.checkAlive();
  }
}
