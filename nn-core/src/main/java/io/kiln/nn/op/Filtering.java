package io.kiln.nn.op;

import io.kiln.nn.kernel.Choices;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The three products of a convolution, by columns: a block of positions at a time is gathered into
 * a matrix that stays in the cache, and multiplied.
 *
 * <p>There is an image side [n, channels, inH, inW] and a map side [n, filters, outH, outW]; the
 * weight is [filters, channels/groups, kernelH, kernelW].
 */
final class Filtering {
  /** Columns that make a product worth calling. */
  private static final int ENOUGH = 256;

  private final int n;
  private final int channels;
  private final int filters;
  private final int groups;
  private final Window window;
  private final int images;
  private final int rows;

  private @Nullable Tensor columns;
  private @Nullable Tensor maps;
  private int group;
  private int image;
  private int count;
  private int fromRow;
  private int toRow;

  Filtering(int n, int channels, int filters, int groups, Window window) {
    this.n = n;
    this.channels = channels;
    this.filters = filters;
    this.groups = groups;
    this.window = window;
    int plane = Math.max(1, window.outCount());
    int fit = Math.max(1, Choices.here().columns() / Math.max(1, height()));
    int wanted = (ENOUGH + plane - 1) / plane;
    images = Math.max(1, Math.min(n, Math.min(wanted, fit / plane)));
    rows =
        plane <= fit
            ? window.outH()
            : Math.max(1, Math.min(window.outH(), fit / Math.max(1, window.outW())));
  }

  /** Rows of the matrix of columns. */
  private int height() {
    return channels / groups * window.kernelCount();
  }

  /** Columns of a full block. */
  private int width() {
    return images * rows * window.outW();
  }

  /** Numbers of working memory. */
  long scratchSize() {
    return ((long) height() + filters / groups) * width();
  }

  /** Flops of one of the three products. */
  long flops() {
    return 2L * n * filters * height() * window.outCount();
  }

  /**
   * maps = weight · columns of the images, plus bias, rectified if asked for.
   *
   * @param bias [filters], or without elements for none
   */
  void filter(
      Kernels kernels,
      Tensor scratch,
      Tensor x,
      Tensor w,
      Tensor bias,
      boolean rectified,
      Tensor y) {
    begin(scratch);
    while (next()) {
      gather(kernels, x);
      int part = filters / groups;
      kernels
          .matrix()
          .multiply(
              false,
              false,
              part,
              positions(),
              height(),
              1,
              w,
              group * part * height(),
              height(),
              columns(),
              0,
              positions(),
              0,
              maps(),
              0,
              positions());
      kernels
          .patches()
          .spread(
              maps(),
              count,
              part,
              positions() / count,
              bias,
              group * part,
              rectified,
              y,
              atMaps(),
              window.outCount(),
              filters * window.outCount());
    }
  }

  /** image += the adjoint of {@link #filter} without bias, of maps. */
  void unfilter(Kernels kernels, Tensor scratch, Tensor maps, Tensor w, Tensor image) {
    begin(scratch);
    while (next()) {
      collect(kernels, maps, maps, false);
      scatter(kernels, w, image);
    }
  }

  /**
   * dw = β·dw + maps · columnsᵀ and db = β·db + row sums of the maps, both over all images; and, in
   * the same pass, dx += weightᵀ · maps.
   *
   * @param db null if there is no bias to learn
   * @param dx null if no gradient of the image is needed
   */
  void backward(
      Kernels kernels,
      Tensor scratch,
      Tensor x,
      Tensor w,
      Tensor dy,
      Tensor y,
      boolean rectified,
      @Nullable Tensor dw,
      double betaW,
      @Nullable Tensor db,
      double betaB,
      @Nullable Tensor dx) {
    if (n == 0 || window.outCount() == 0) {
      zero(dw, betaW);
      zero(db, betaB);
      return;
    }
    int part = filters / groups;
    begin(scratch);
    while (next()) {
      boolean isFirst = image == 0 && fromRow == 0;
      collect(kernels, dy, y, rectified);
      if (db != null) {
        kernels
            .patches()
            .sumColumns(maps(), 0, part, positions(), isFirst ? betaB : 1, db, group * part);
      }
      if (dw != null) {
        gather(kernels, x);
        kernels
            .matrix()
            .multiply(
                false,
                true,
                part,
                height(),
                positions(),
                1,
                maps(),
                0,
                positions(),
                columns(),
                0,
                positions(),
                isFirst ? betaW : 1,
                dw,
                group * part * height(),
                height());
      }
      if (dx != null) {
        scatter(kernels, w, dx);
      }
    }
  }

  private static void zero(@Nullable Tensor gradient, double beta) {
    if (gradient != null && beta == 0) {
      gradient.fill(0);
    }
  }

  private void gather(Kernels kernels, Tensor x) {
    int inGroup = channels / groups;
    for (int i = 0; i < count; i++) {
      kernels
          .patches()
          .gather(
              x,
              ((image + i) * channels + group * inGroup) * window.inCount(),
              inGroup,
              window,
              fromRow,
              toRow,
              columns(),
              i * (positions() / count),
              positions());
    }
  }

  private void scatter(Kernels kernels, Tensor w, Tensor dx) {
    int part = filters / groups;
    int inGroup = channels / groups;
    kernels
        .matrix()
        .multiply(
            true,
            false,
            height(),
            positions(),
            part,
            1,
            w,
            group * part * height(),
            height(),
            maps(),
            0,
            positions(),
            0,
            columns(),
            0,
            positions());
    for (int i = 0; i < count; i++) {
      kernels
          .patches()
          .scatter(
              columns(),
              i * (positions() / count),
              positions(),
              window,
              inGroup,
              fromRow,
              toRow,
              dx,
              ((image + i) * channels + group * inGroup) * window.inCount());
    }
  }

  private void collect(Kernels kernels, Tensor dy, Tensor y, boolean rectified) {
    kernels
        .patches()
        .collect(
            dy,
            y,
            atMaps(),
            window.outCount(),
            filters * window.outCount(),
            count,
            filters / groups,
            positions() / count,
            rectified,
            maps());
  }

  /** Where the block's first position is on the map side. */
  private int atMaps() {
    return (image * filters + group * (filters / groups)) * window.outCount()
        + fromRow * window.outW();
  }

  private int positions() {
    return count * (toRow - fromRow) * window.outW();
  }

  private Tensor columns() {
    return memory(columns);
  }

  private Tensor maps() {
    return memory(maps);
  }

  private static Tensor memory(@Nullable Tensor tensor) {
    if (tensor == null) {
      throw new IllegalStateException("convolution: its memory is used before a pass begins");
    }
    return tensor;
  }

  /** Begins a pass over all blocks. */
  private void begin(Tensor scratch) {
    if (columns == null) {
      columns = scratch.slice(0, Shape.of(height() * width()));
      maps = scratch.slice(height() * width(), Shape.of(filters / groups * width()));
    }
    group = 0;
    image = 0;
    count = 0;
    fromRow = 0;
    toRow = 0;
  }

  /** Goes to the next block: rows of positions first, then images, then groups. */
  private boolean next() {
    if (window.outCount() == 0 || n == 0 || filters == 0) {
      return false;
    }
    if (count > 0) {
      fromRow = toRow;
    }
    if (fromRow >= window.outH()) {
      fromRow = 0;
      image += count;
    }
    if (image >= n) {
      image = 0;
      group++;
    }
    count = Math.min(images, n - image);
    toRow = Math.min(fromRow + rows, window.outH());
    return group < groups;
  }
}
