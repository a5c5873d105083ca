package io.kiln.spark.cluster;

import io.kiln.nn.collective.MeshEndpoint;
import java.io.Serializable;

/**
 * A worker as it registers with the driver.
 *
 * @param rank its place, which is its partition too
 * @param host where it listens
 * @param port where it listens
 * @param jvm names its process
 * @param executor Spark's name of its executor
 * @param cpus {@code spark.task.cpus}: the threads it may use
 */
public record WorkerInfo(int rank, String host, int port, String jvm, String executor, int cpus)
    implements Serializable {
  MeshEndpoint.Address address() {
    return new MeshEndpoint.Address(rank, host, port, jvm);
  }
}
