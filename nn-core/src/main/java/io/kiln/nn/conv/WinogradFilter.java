package io.kiln.nn.conv;

import io.kiln.nn.kernel.ChannelsLast;
import io.kiln.nn.kernel.Choices;
import io.kiln.nn.kernel.ImageKernels;
import io.kiln.nn.kernel.IndirectOperand;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.kernel.Winograd;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with 3×3 filters at step 1 by {@link Winograd}'s transforms.
 *
 * <p>Some rows of tiles at a time, as many as {@link Choices#tiles} says: each row of tiles is
 * copied into a strip with its padding and transformed; 36 products; and back.
 */
final class WinogradFilter implements Filter {
  private static final int TILE = Winograd.TILE;
  private static final int SIDE = Winograd.SIDE;
  private static final int POINTS = Winograd.POINTS;

  private final ImageKernels kernels;
  private final ImageGeometry sizes;
  private final Window window;
  private final int widthIn;
  private final int widthOut;
  private final int tilesH;
  private final int tilesW;
  private final int strips; // rows of tiles in a block
  private final int strideV;
  private final int strideM;
  private final IndirectOperand tilesIn;
  private final IndirectOperand tilesInTurned;
  private final IndirectOperand tilesOut;
  private final IndirectOperand channelsOut;
  private final Operand right = new Operand();

  // Where in working memory things are.
  private final int filtersAt;
  private final int gradientAt;
  private final int turnedAt;
  private final int inputsAt;
  private final int productsAt;
  private final int stripAt;
  private final int stripOutAt;
  private final int tileAt;
  private final int biasAt;
  private final long size;

  private @Nullable Tensor work;
  private @Nullable Tensor bias;

  WinogradFilter(ImageKernels kernels, ImageGeometry sizes) {
    this.kernels = kernels;
    this.sizes = sizes;
    this.window = sizes.window();
    this.widthIn = sizes.widthIn();
    this.widthOut = sizes.widthOut();
    this.tilesH = tiles(window.outH());
    this.tilesW = tiles(window.outW());
    int wanted = Choices.here().tiles(POINTS, widthIn, widthOut) / Math.max(1, tilesW);
    this.strips = Math.max(1, Math.min(sizes.n() * tilesH, wanted));
    int most = strips * tilesW;
    // A vector more, so that the 36 matrices do not fall onto the same lines of the cache.
    this.strideV = most * widthIn + sizes.lanes();
    this.strideM = most * widthOut + sizes.lanes();
    this.tilesIn = IndirectOperand.strided(most, widthIn);
    this.tilesInTurned =
        new IndirectOperand(IndirectOperand.steps(sizes.channels(), 1), tilesIn.rows());
    this.tilesOut = IndirectOperand.strided(most, widthOut);
    this.channelsOut = IndirectOperand.strided(sizes.channels(), widthOut);
    long filterSize =
        Math.max((long) sizes.channels() * widthOut, (long) sizes.filters() * widthIn);
    Room room = new Room();
    this.filtersAt = room.take(POINTS * filterSize);
    this.gradientAt = room.take(POINTS * filterSize);
    this.turnedAt = room.take(9 * filterSize);
    this.inputsAt = room.take((long) POINTS * strideV);
    this.productsAt = room.take((long) POINTS * strideM);
    this.stripAt = room.take((long) SIDE * (TILE * tilesW + 2) * widthIn);
    this.stripOutAt = room.take((long) TILE * TILE * tilesW * widthOut);
    this.tileAt = room.take(kernels.winograd().workSize(tilesW, widthIn, widthOut));
    this.biasAt = room.take(widthOut);
    this.size = room.size();
  }

  private static int tiles(int count) {
    return (count + TILE - 1) / TILE;
  }

  /** Whether this way is possible, and by its count of operations faster than the direct one. */
  static boolean suits(ImageGeometry sizes) {
    Window window = sizes.window();
    boolean possible =
        window.kernelH() == 3
            && window.kernelW() == 3
            && window.strideH() == 1
            && window.strideW() == 1
            && window.dilationH() == 1
            && window.dilationW() == 1
            && window.padTop() <= 2
            && window.padLeft() <= 2
            && !sizes.planes();
    if (!possible || sizes.n() == 0) {
      return false;
    }
    double tiles = (double) tiles(window.outH()) * tiles(window.outW());
    double in = sizes.widthIn();
    double out = sizes.widthOut();
    double transforms = 190 * in + 150 * out;
    double filters = 400.0 * sizes.channels() * out / sizes.n();
    double here = tiles * (POINTS * sizes.channels() * out + transforms) + filters;
    return here < 9.0 * window.outCount() * sizes.channels() * out;
  }

  @Override
  public boolean addsToImage() {
    return false;
  }

  @Override
  public long flops() {
    return sizes.flops();
  }

  @Override
  public long scratchSize() {
    return size;
  }

  private void begin(Tensor scratch) {
    if (work != scratch) {
      work = scratch;
      bias = scratch.slice(biasAt, Shape.of(widthOut));
    }
  }

  @Override
  public void forward(ConvTensors t) {
    Tensor scratch = t.scratch();
    begin(scratch);
    Winograd winograd = kernels.winograd();
    winograd.filters(
        t.w(), sizes.filters(), sizes.channels(), false, scratch, turnedAt, scratch, filtersAt);
    if (bias != null) {
      ImageBias.spread(t.b() == null ? bias.slice(0, Shape.of(0)) : t.b(), bias);
    }
    int all = sizes.n() * tilesH;
    right.of(scratch, widthOut);
    for (int from = 0; from < all; from += strips) {
      int to = Math.min(all, from + strips);
      transformInputs(t.x(), from, to, scratch);
      int rows = (to - from) * tilesW;
      for (int p = 0; p < POINTS; p++) {
        kernels
            .products()
            .multiply(
                rows,
                sizes.filters(),
                sizes.channels(),
                tilesIn.in(scratch, inputsAt + p * strideV),
                right.at(filtersAt + p * sizes.channels() * widthOut),
                null,
                false,
                tilesOut.in(scratch, productsAt + p * strideM));
      }
      for (int strip = from; strip < to; strip++) {
        int at = productsAt + (strip - from) * tilesW * widthOut;
        winograd.output(
            scratch, at, strideM, tilesW, widthOut, scratch, tileAt, scratch, stripOutAt);
        putRows(t, strip);
      }
    }
  }

  private void transformInputs(Tensor x, int from, int to, Tensor scratch) {
    for (int strip = from; strip < to; strip++) {
      takeStrip(kernels.loops(), x, strip, scratch);
      int at = inputsAt + (strip - from) * tilesW * widthIn;
      kernels
          .winograd()
          .input(scratch, stripAt, tilesW, widthIn, scratch, tileAt, scratch, at, strideV);
    }
  }

  /** Row of an image at which the strip of input tiles begins; may be above the image. */
  private int firstRow(int strip) {
    return strip % tilesH * TILE - window.padTop();
  }

  /** Copies six rows of the input, with padding and what is missing of the last tile. */
  private void takeStrip(ChannelsLast loops, Tensor x, int strip, Tensor scratch) {
    int first = firstRow(strip);
    int top = Math.max(0, -first);
    int rows = Math.max(0, Math.min(SIDE - top, window.inH() - first - top));
    int image = strip / tilesH * window.inCount();
    int columns = Math.min(window.inW(), TILE * tilesW + 2 - window.padLeft());
    if (columns < window.inW()) {
      takeRows(loops, x, image, first + top, rows, top, columns, scratch);
      return;
    }
    loops.frame(
        x,
        (image + (first + top) * window.inW()) * widthIn,
        rows,
        window.inW() * widthIn,
        top,
        SIDE - top - rows,
        window.padLeft() * widthIn,
        (TILE * tilesW + 2 - window.padLeft() - window.inW()) * widthIn,
        scratch,
        stripAt);
  }

  /** The same where windows do not reach the last columns of the image. */
  private void takeRows(
      ChannelsLast loops,
      Tensor x,
      int image,
      int first,
      int rows,
      int top,
      int columns,
      Tensor scratch) {
    int row = (TILE * tilesW + 2) * widthIn;
    loops.clear(scratch, stripAt, SIDE * row);
    for (int r = 0; r < rows; r++) {
      loops.frame(
          x,
          (image + (first + r) * window.inW()) * widthIn,
          1,
          columns * widthIn,
          0,
          0,
          window.padLeft() * widthIn,
          (TILE * tilesW + 2 - window.padLeft() - columns) * widthIn,
          scratch,
          stripAt + (top + r) * row);
    }
  }

  /** Rows of the output that a strip covers. */
  private int rowsOut(int strip) {
    return Math.min(TILE, window.outH() - strip % tilesH * TILE);
  }

  /** Number in the output at which a strip begins. */
  private int atOut(int strip) {
    int row = strip % tilesH * TILE;
    return (strip / tilesH * window.outCount() + row * window.outW()) * widthOut;
  }

  private void putRows(ConvTensors t, int strip) {
    ChannelsLast loops = kernels.loops();
    Tensor scratch = t.scratch();
    int rows = rowsOut(strip);
    for (int r = 0; r < rows; r++) {
      loops.shift(
          scratch,
          stripOutAt + r * TILE * tilesW * widthOut,
          window.outW(),
          widthOut,
          scratch,
          biasAt,
          t.rectified(),
          t.y(),
          atOut(strip) + r * window.outW() * widthOut);
    }
  }

  @Override
  public void backward(ConvTensors t) {
    if (sizes.n() == 0) {
      t.nothing();
      return;
    }
    Tensor scratch = t.scratch();
    Tensor dw = t.dw();
    Tensor db = t.db();
    Tensor dx = t.dx();
    begin(scratch);
    Tensor row = bias;
    if (row != null) {
      row.fill(0);
    }
    Winograd winograd = kernels.winograd();
    if (dx != null) {
      winograd.filters(
          t.w(), sizes.filters(), sizes.channels(), true, scratch, turnedAt, scratch, filtersAt);
      dx.fill(0);
    }
    int all = sizes.n() * tilesH;
    for (int from = 0; from < all; from += strips) {
      int to = Math.min(all, from + strips);
      for (int strip = from; strip < to; strip++) {
        takeGradient(t, strip);
        int at = productsAt + (strip - from) * tilesW * widthOut;
        winograd.outputBackward(
            scratch, stripOutAt, tilesW, widthOut, scratch, tileAt, scratch, at, strideM);
      }
      if (dw != null) {
        transformInputs(t.x(), from, to, scratch);
        weights((to - from) * tilesW, from == 0, scratch);
      }
      if (dx != null) {
        inputs(from, to, scratch, dx);
      }
    }
    if (dw != null) {
      winograd.filtersBackward(
          scratch, gradientAt, sizes.filters(), sizes.channels(), scratch, turnedAt, t.betaW(), dw);
    }
    if (db != null && row != null) {
      ImageBias.gather(row, t.betaB(), db);
    }
  }

  /** Copies the gradient of a strip of outputs, and adds it up for the bias. */
  private void takeGradient(ConvTensors t, int strip) {
    ChannelsLast loops = kernels.loops();
    Tensor scratch = t.scratch();
    int rows = rowsOut(strip);
    int row = TILE * tilesW * widthOut;
    int length = window.outW() * widthOut;
    if (rows < TILE || length < row) {
      loops.clear(scratch, stripOutAt, TILE * row);
    }
    for (int r = 0; r < rows; r++) {
      int at = atOut(strip) + r * length;
      int to = stripOutAt + r * row;
      if (t.rectified()) {
        loops.mask(t.y(), t.dy(), at, length, scratch, to);
      } else {
        loops.frame(t.dy(), at, 1, length, 0, 0, 0, 0, scratch, to);
      }
      if (t.db() != null) {
        loops.addRows(scratch, to, window.outW(), widthOut, scratch, biasAt);
      }
    }
  }

  /** dU += Vᵀ dM. */
  private void weights(int tiles, boolean isFirst, Tensor scratch) {
    right.of(scratch, widthOut);
    for (int p = 0; p < POINTS; p++) {
      kernels
          .products()
          .multiply(
              sizes.channels(),
              sizes.filters(),
              tiles,
              tilesInTurned.in(scratch, inputsAt + p * strideV),
              right.at(productsAt + p * strideM),
              isFirst ? null : scratch,
              false,
              channelsOut.in(scratch, gradientAt + p * sizes.channels() * widthOut));
    }
  }

  /** dV = dM Uᵀ, and what it adds to dx. */
  private void inputs(int from, int to, Tensor scratch, Tensor dx) {
    int tiles = (to - from) * tilesW;
    right.of(scratch, widthIn);
    for (int p = 0; p < POINTS; p++) {
      kernels
          .products()
          .multiply(
              tiles,
              sizes.channels(),
              sizes.filters(),
              tilesOut.in(scratch, productsAt + p * strideM),
              right.at(filtersAt + p * sizes.filters() * widthIn),
              null,
              false,
              tilesIn.in(scratch, inputsAt + p * strideV));
    }
    int row = (TILE * tilesW + 2) * widthIn;
    for (int strip = from; strip < to; strip++) {
      kernels.loops().clear(scratch, stripAt, SIDE * row);
      int at = inputsAt + (strip - from) * tilesW * widthIn;
      kernels
          .winograd()
          .inputBackward(scratch, at, strideV, tilesW, widthIn, scratch, tileAt, scratch, stripAt);
      addStrip(kernels.loops(), strip, scratch, dx);
    }
  }

  private void addStrip(ChannelsLast loops, int strip, Tensor scratch, Tensor dx) {
    int first = firstRow(strip);
    int top = Math.max(0, -first);
    int end = Math.min(SIDE, window.inH() - first);
    int image = strip / tilesH * window.inCount();
    int row = (TILE * tilesW + 2) * widthIn;
    int columns = Math.min(window.inW(), TILE * tilesW + 2 - window.padLeft());
    for (int r = top; r < end; r++) {
      loops.add(
          scratch,
          stripAt + r * row + window.padLeft() * widthIn,
          columns * widthIn,
          dx,
          (image + (first + r) * window.inW()) * widthIn);
    }
  }
}
