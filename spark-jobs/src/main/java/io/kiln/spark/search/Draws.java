package io.kiln.spark.search;

import io.kiln.nn.data.SampleOrder;
import io.kiln.spark.config.ConfigHash;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Random points of a space, none of them twice: the same settings give the same bits, so a second
 * trial of them would tell nothing.
 */
final class Draws {
  /** Spaces up to here are shuffled as a whole. */
  private static final int MOST_SHUFFLED = 100_000;

  /** Draws in vain until the space is taken to be used up. */
  private static final int MOST_TRIES = 200;

  private static final long SITE = 0x6472617773L;

  private final Space space;
  private final long seed;
  private final Set<String> taken = new HashSet<>();
  private final @Nullable List<Space.Point> all;
  private final @Nullable SampleOrder order;
  private long number;

  Draws(Space space, long seed) {
    this.space = space;
    this.seed = seed;
    boolean few = space.size() <= MOST_SHUFFLED;
    this.all = few ? space.grid() : null;
    this.order = few ? SampleOrder.of(seed, SITE, 0, (long) space.size()) : null;
  }

  /** The next; null if there is none any more. */
  Space.@Nullable Point next() {
    List<Space.Point> points = all;
    SampleOrder shuffled = order;
    if (points != null && shuffled != null) {
      while (number < points.size()) {
        Space.Point point = points.get(shuffled.at((int) number++));
        if (take(point)) {
          return point;
        }
      }
      return null;
    }
    for (int i = 0; i < MOST_TRIES; i++) {
      Space.Point point = space.draw(seed, number++);
      if (take(point)) {
        return point;
      }
    }
    return null;
  }

  /** Whether the point was free; it is not any more. */
  boolean take(Space.Point point) {
    return taken.add(ConfigHash.canonical(point.values()));
  }
}
