package io.kiln.nn.kernel.vector;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Which tiles the JVM has compiled. The first seconds of a JVM are slow because code with vectors
 * that is interpreted makes an object of each: a tile is therefore computed by {@link FloatColdTiles}
 * until a thread of its own, which calls it with numbers of no meaning, sees that it has become
 * fast. What is computed is the same, to the bit.
 *
 * <p>{@code -Dkiln.cold=false} has tiles computed with vectors from the beginning, as tests of them
 * need.
 */
final class FloatWarmth {
  private static final boolean WAITS =
      Boolean.parseBoolean(System.getProperty("kiln.cold", "true"));

  /** Steps of a tile's loop in a call: with some 600 calls the JVM's limits are reached. */
  private static final int DEEP = 32;

  /** Calls that are timed together. */
  private static final int TOGETHER = 8;

  /** Nanoseconds of a vector's fused multiplication and addition in code that is compiled. */
  private static final double FAST = 4;

  /** Calls after which the thread only looks, now and then, whether the compiler is done. */
  private static final int ENOUGH = 1500;

  private static final int PAUSE_MILLIS = 4;

  /** Looks at a tile, of four milliseconds or more, after which it is taken as it is. */
  private static final int PATIENCE = 2000;

  /** By number: written once by the thread; who reads it late computes the same otherwise. */
  private static final boolean[] READY = new boolean[FloatTiles.COUNT];

  private static final boolean[] ASKED = new boolean[FloatTiles.COUNT];

  private static final ThreadPoolExecutor THREAD = thread();

  private FloatWarmth() {}

  private static ThreadPoolExecutor thread() {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, "kiln-warmth");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }

  /** Whether a tile is to be computed with vectors; if not yet, this is seen to. */
  static boolean isReady(int tile) {
    return !WAITS || READY[tile] || ask(tile);
  }

  private static boolean ask(int tile) {
    synchronized (ASKED) {
      if (!ASKED[tile]) {
        ASKED[tile] = true;
        THREAD.execute(() -> warm(tile));
      }
    }
    return READY[tile];
  }

  private static void warm(int tile) {
    try {
      Trial trial = new Trial();
      int multiplications = TOGETHER * DEEP * FloatTiles.multiplications(tile);
      int looks = 0;
      for (int calls = 0; looks < PATIENCE; calls += TOGETHER) {
        long start = System.nanoTime();
        for (int i = 0; i < TOGETHER; i++) {
          trial.run(tile);
        }
        if ((double) (System.nanoTime() - start) / multiplications < FAST) {
          break;
        }
        if (calls >= ENOUGH) {
          Thread.sleep(PAUSE_MILLIS);
          looks++;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      READY[tile] = true;
    }
  }

  /** Operands of no meaning for all tiles. */
  private static final class Trial {
    private static final int ROW = FloatPanels.WIDEST * FloatTiles.LANES;

    private final float[] a = new float[DEEP * FloatIndirect.TALLEST];
    private final float[] b = new float[DEEP * 2 * ROW];
    private final float[] c = new float[FloatIndirect.TALLEST * ROW];
    private final int[] rows = new int[FloatIndirect.TALLEST];
    private final int[] rowsC = new int[FloatIndirect.TALLEST];
    private final int[] columns = new int[DEEP];

    Trial() {
      for (int i = 0; i < rows.length; i++) {
        rows[i] = i * DEEP;
        rowsC[i] = i * ROW;
      }
      for (int p = 0; p < DEEP; p++) {
        columns[p] = p;
      }
    }

    void run(int tile) {
      FloatTiles.run(tile, DEEP, a, rows, columns, b, 2 * ROW, c, rowsC, ROW);
    }
  }
}
