package io.kiln.spark.cluster;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slots that a gang has until it closes this. Where its tasks run is known once they do; until then
 * they are counted where there was room for them.
 */
public final class Lease implements AutoCloseable {
  private final SlotLedger ledger;
  private final long id;
  private final int workers;
  private final int cpus;
  private final Map<String, Integer> promised;
  private final Map<String, Integer> running = new LinkedHashMap<>();

  Lease(SlotLedger ledger, long id, int workers, int cpus, Map<String, Integer> places) {
    this.ledger = ledger;
    this.id = id;
    this.workers = workers;
    this.cpus = cpus;
    this.promised = new LinkedHashMap<>(places);
  }

  /** How many workers. */
  public int workers() {
    return workers;
  }

  /** Cores of each. */
  public int cpus() {
    return cpus;
  }

  long id() {
    return id;
  }

  /** Cores held on an executor; under the ledger's monitor, as are the next. */
  int held(String executor) {
    return cpus * (promised.getOrDefault(executor, 0) + running.getOrDefault(executor, 0));
  }

  /** One of the tasks has begun there. */
  void began(String executor) {
    String place = promised.containsKey(executor) ? executor : first();
    if (!place.isEmpty()) {
      promised.merge(place, -1, Lease::sumOrNull);
    }
    running.merge(executor, 1, Integer::sum);
  }

  private String first() {
    return promised.isEmpty() ? "" : promised.keySet().iterator().next();
  }

  @SuppressWarnings("NullAway") // merge removes what becomes null
  private static Integer sumOrNull(int a, int b) {
    return a + b == 0 ? null : Integer.valueOf(a + b);
  }

  /** A task has ended there; its slot is held until this is closed, wherever it may be by then. */
  void ended(String executor) {
    running.merge(executor, -1, Lease::sumOrNull);
    promised.merge(executor, 1, Integer::sum);
  }

  @Override
  public void close() {
    ledger.release(this);
  }
}
