package io.kiln.spark.cluster;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Cores by executor at one moment.
 *
 * @param all of each executor that takes tasks
 * @param free of them those that nobody uses or has a promise of
 */
record Room(Map<String, Integer> all, Map<String, Integer> free) {
  /** What is granted: workers by executor, and the cores of each. */
  record Places(Map<String, Integer> workers, int cpus) {
    int count() {
      return workers.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** How many workers of so many cores there are places for, if all were free. */
  int capacity(int cpus) {
    return all.values().stream().mapToInt(cores -> cores / cpus).sum();
  }

  int freePlaces(int cpus) {
    return free.values().stream().mapToInt(cores -> cores / cpus).sum();
  }

  /** Cores that tasks could have at all. */
  int cores() {
    return all.values().stream().mapToInt(Integer::intValue).sum();
  }

  /**
   * Places for as many workers as are wished for and free, spread over the executors; of as many
   * cores each as there are for that number, if that is left open. Fewer workers than the least, if
   * there are no more.
   *
   * @param slot cores of a usual task, the least a worker has
   */
  Places places(Wish wish, int slot) {
    int least = Math.max(slot, wish.cpus());
    int workers = Math.min(wish.most(), freePlaces(least));
    int cpus = least;
    if (wish.cpus() == 0 && workers > 0) {
      while (cpus < Math.max(slot, wish.cpusMost()) && freePlaces(cpus + 1) >= workers) {
        cpus++;
      }
    }
    Map<String, Integer> left = new LinkedHashMap<>(free);
    Map<String, Integer> taken = new LinkedHashMap<>();
    for (int i = 0; i < workers; i++) {
      String most = null;
      for (Map.Entry<String, Integer> one : left.entrySet()) {
        if (most == null || one.getValue() > left.getOrDefault(most, 0)) {
          most = one.getKey();
        }
      }
      if (most == null) {
        break;
      }
      left.merge(most, -cpus, Integer::sum);
      taken.merge(most, 1, Integer::sum);
    }
    return new Places(taken, cpus);
  }
}
