package io.kiln.nn.op.image;

/**
 * What a pooling looks at: {@code Pool.of(3).stride(2).padding(1)}.
 *
 * @param h height of the window
 * @param w width of the window
 * @param sliding how it moves; by its size unless said otherwise
 * @param ceiling whether a last window may hang over the edge
 * @param countsPadding whether padding counts in a mean
 */
public record Pool(int h, int w, Sliding sliding, boolean ceiling, boolean countsPadding) {
  /** A square window that moves by its size. */
  public static Pool of(int size) {
    return of(size, size);
  }

  /** A window that moves by its size. */
  public static Pool of(int h, int w) {
    return new Pool(h, w, Sliding.UNIT.stride(h, w), false, true);
  }

  /** This with a step. */
  public Pool stride(int step) {
    return sliding(sliding.stride(step, step));
  }

  /** This with padding on all sides, at most half the window. */
  public Pool padding(int all) {
    return sliding(sliding.padding(all, all));
  }

  /** This with elements that lie apart. */
  public Pool dilation(int distance) {
    return sliding(sliding.dilation(distance, distance));
  }

  /** This that moves otherwise. */
  public Pool sliding(Sliding other) {
    return new Pool(h, w, other, ceiling, countsPadding);
  }

  /** This with a last window that may hang over the edge. */
  public Pool roundingUp() {
    return new Pool(h, w, sliding, true, countsPadding);
  }

  /** This whose means leave padding out. */
  public Pool withoutPadding() {
    return new Pool(h, w, sliding, ceiling, false);
  }
}
