package io.kiln.nn.collective;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Workers as threads of the test's JVM. */
public final class Workers {
  static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();
  static final LinkOptions QUICK =
      LinkOptions.DEFAULT.withTimes(Duration.ofMinutes(10), Duration.ofMinutes(10));

  /** What each worker does. */
  public interface Work<R> {
    /** Works until it has its result. */
    R run(Collective collective) throws Exception;
  }

  /** How the workers reach each other. */
  enum Way {
    MEMORY,
    SHARED,
    SOCKETS,
    ENCRYPTED
  }

  private Workers() {}

  static LinkOptions options(Way way) {
    return QUICK.withEncrypt(way == Way.ENCRYPTED).withShares(way == Way.SHARED);
  }

  /** Runs a worker a thread, linked in memory; the results in rank order, or the first error. */
  public static <R> List<R> run(int size, Work<R> work) throws Exception {
    return run(size, Way.MEMORY, Mesh.LONG_VECTOR, work);
  }

  /** Runs a worker a thread; the results in rank order, or the first error. */
  static <R> List<R> run(int size, Way way, int longVector, Work<R> work) throws Exception {
    return run(size, way, options(way), longVector, work);
  }

  /** The same with links like that. */
  static <R> List<R> run(int size, Way way, LinkOptions options, int longVector, Work<R> work)
      throws Exception {
    AttemptKey key = AttemptKey.random();
    List<MeshEndpoint> ends = new ArrayList<>();
    List<MeshEndpoint.Address> table = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      MeshEndpoint end = MeshEndpoint.open(HOST, options, key, 1, new Collective.Place(rank, size));
      MeshEndpoint.Address at = end.address();
      ends.add(end);
      table.add(
          way == Way.MEMORY
              ? at
              : new MeshEndpoint.Address(rank, at.host(), at.port(), "process " + rank));
    }
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      List<Future<R>> results = new ArrayList<>();
      for (MeshEndpoint end : ends) {
        results.add(
            threads.submit(
                () -> {
                  try (Collective collective = end.join(table, longVector)) {
                    return work.run(collective);
                  }
                }));
      }
      List<R> all = new ArrayList<>();
      for (Future<R> result : results) {
        all.add(result.get());
      }
      return all;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } finally {
      threads.shutdownNow();
    }
  }
}
