package io.kiln.nn.kernel.vector;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Which tiles the JVM has compiled. The first seconds of a JVM are slow because code with vectors
 * that is interpreted makes an object of each: a tile is therefore computed by {@link
 * FloatColdTiles} until a thread of its own, which calls it with numbers of no meaning, sees that
 * it has become fast. What is computed is the same, to the bit.
 *
 * <p>{@code -Dkiln.cold=false} has tiles computed with vectors from the beginning, as tests of them
 * need.
 */
final class FloatWarmth {
  /** Whether a tile has to be warm; no longer if the thread ends before its time. */
  private static volatile boolean waits =
      Boolean.parseBoolean(System.getProperty("kiln.cold", "true"));

  /** Steps of a tile's loop in a call: with some 600 calls the JVM's limits are reached. */
  private static final int DEEP = 32;

  /** Calls that are timed together. */
  private static final int TOGETHER = 8;

  /** Nanoseconds of a vector's fused multiplication and addition in code that is compiled. */
  private static final double FAST = 4;

  /** Between two rounds of calls, for the compiler and for those who wait. */
  private static final int PAUSE_MILLIS = 1;

  /** Rounds after which a tile is taken as it is. */
  private static final int PATIENCE = 5000;

  /** By number: written by the thread; who reads it late computes the same otherwise. */
  private static final boolean[] READY = new boolean[FloatTiles.COUNT];

  private static final boolean[] ASKED = new boolean[FloatTiles.COUNT];

  private static final ArrayDeque<Integer> WANTED = new ArrayDeque<>();

  private static boolean runs;

  private FloatWarmth() {}

  /** Whether a tile is to be computed with vectors; if not yet, this is seen to. */
  static boolean isReady(int tile) {
    return READY[tile] || !waits || ask(tile);
  }

  private static boolean ask(int tile) {
    synchronized (ASKED) {
      if (!ASKED[tile]) {
        ASKED[tile] = true;
        WANTED.add(tile);
        if (!runs) {
          runs = true;
          Thread thread = new Thread(FloatWarmth::warm, "kiln-warmth");
          thread.setDaemon(true);
          thread.start();
        }
      }
    }
    return READY[tile];
  }

  /** All tiles that are asked for in turn, so that the compiler always has one to do. */
  private static void warm() {
    boolean ended = false;
    try {
      Trial trial = new Trial();
      List<int[]> cold = new ArrayList<>();
      while (goesOn(cold)) {
        cold.removeIf(tile -> isWarm(trial, tile));
        Thread.sleep(PAUSE_MILLIS);
      }
      ended = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waits &= ended;
    }
  }

  /** Takes what was asked for meanwhile: its number, and rounds so far. */
  private static boolean goesOn(List<int[]> cold) {
    synchronized (ASKED) {
      for (Integer tile = WANTED.poll(); tile != null; tile = WANTED.poll()) {
        cold.add(new int[] {tile, 0});
      }
      runs = !cold.isEmpty();
      return runs;
    }
  }

  private static boolean isWarm(Trial trial, int[] tile) {
    long start = System.nanoTime();
    for (int i = 0; i < TOGETHER; i++) {
      trial.run(tile[0]);
    }
    double each =
        (double) (System.nanoTime() - start)
            / (TOGETHER * DEEP * FloatTiles.multiplications(tile[0]));
    boolean ready = each < FAST || ++tile[1] > PATIENCE;
    READY[tile[0]] = ready;
    return ready;
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
