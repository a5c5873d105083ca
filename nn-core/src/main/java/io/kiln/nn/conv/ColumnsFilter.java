package io.kiln.nn.conv;

import io.kiln.nn.kernel.Choices;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.DType;
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
public final class ColumnsFilter implements Filter {
  /** Columns that make a product worth calling. */
  private static final int ENOUGH = 256;

  private final Kernels kernels;
  private final Operand weight = new Operand();
  private final Operand map = new Operand();
  private final Operand column = new Operand();
  private final Tensor noBias;
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

  /**
   * The way of a convolution of images in planes.
   *
   * @param n images
   * @param channels channels of the image side
   * @param filters channels of the map side
   * @param groups parts into which both are cut
   */
  public ColumnsFilter(
      Kernels kernels, DType dtype, int n, int channels, int filters, int groups, Window window) {
    this.kernels = kernels;
    this.noBias = Tensor.zeros(Shape.of(0), dtype);
    this.n = n;
    this.channels = channels;
    this.filters = filters;
    this.groups = groups;
    this.window = window;
    int plane = Math.max(1, window.outCount());
    int fit = Math.max(1, Choices.here().columns(height(), filters / groups));
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

  @Override
  public long scratchSize() {
    return ((long) height() + filters / groups) * width();
  }

  @Override
  public boolean addsToImage() {
    return true;
  }

  @Override
  public long flops() {
    return 2L * n * filters * height() * window.outCount();
  }

  /** maps = weight · columns of the images, plus bias. */
  @Override
  public void forward(ConvTensors t) {
    Tensor bias = t.b() == null ? noBias : t.b();
    begin(t.scratch());
    while (next()) {
      gather(t.x());
      int part = filters / groups;
      weight.of(t.w(), height()).at(group * part * height());
      map.of(maps(), positions());
      column.of(columns(), positions());
      kernels.matrix().multiply(part, positions(), height(), 1, weight, column, 0, map);
      kernels
          .patches()
          .spread(
              maps(),
              count,
              part,
              positions() / count,
              bias,
              group * part,
              t.rectified(),
              t.y(),
              atMaps(),
              window.outCount(),
              filters * window.outCount());
    }
  }

  /**
   * dw = β·dw + maps · columnsᵀ and db = β·db + row sums of the maps, both over all images; and, in
   * the same pass, dx += weightᵀ · maps.
   */
  @Override
  public void backward(ConvTensors t) {
    if (n == 0 || window.outCount() == 0) {
      t.nothing();
      return;
    }
    int part = filters / groups;
    begin(t.scratch());
    while (next()) {
      boolean isFirst = image == 0 && fromRow == 0;
      collect(t.dy(), t.y(), t.rectified());
      if (t.db() != null) {
        kernels
            .patches()
            .sumColumns(
                maps(), 0, part, positions(), isFirst ? t.betaB() : 1, t.db(), group * part);
      }
      if (t.dw() != null) {
        gather(t.x());
        map.of(maps(), positions());
        column.transposed(columns(), positions());
        weight.of(t.dw(), height()).at(group * part * height());
        kernels
            .matrix()
            .multiply(part, height(), positions(), 1, map, column, isFirst ? t.betaW() : 1, weight);
      }
      if (t.dx() != null) {
        scatter(t.w(), t.dx());
      }
    }
  }

  private void gather(Tensor x) {
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

  private void scatter(Tensor w, Tensor dx) {
    int part = filters / groups;
    int inGroup = channels / groups;
    weight.transposed(w, height()).at(group * part * height());
    map.of(maps(), positions());
    column.of(columns(), positions());
    kernels.matrix().multiply(height(), positions(), part, 1, weight, map, 0, column);
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

  private void collect(Tensor dy, Tensor y, boolean rectified) {
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
