package io.kiln.nn.conv;

import io.kiln.nn.kernel.ChannelsLast;
import io.kiln.nn.kernel.ImageKernels;
import io.kiln.nn.kernel.IndirectMatrix;
import io.kiln.nn.kernel.IndirectOperand;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A convolution as products through tables: row i of the left operand is a position of the window
 * in a framed copy of the image, column p one of the numbers it covers. Nothing is gathered.
 *
 * <p>y = X·W with X [positions, kernel·channels]; dW = Xᵀ·dy; dx += dy·Wᵀ, for each place in the
 * window, at the pixels it covers.
 */
final class DirectFilter implements Filter {
  /** Positions that make a product worth calling. */
  private static final int ENOUGH = 64;

  private final ImageKernels kernels;
  private final ImageGeometry sizes;
  private final Window window;
  private final int images;
  private final int frame;
  private final int[] positionsX;
  private final int[] places;
  private final int height; // numbers that a window covers

  private final IndirectOperand windows;
  private final IndirectOperand windowsTurned;
  private final IndirectOperand pixelsX;
  private final IndirectOperand pixelsY;
  private final IndirectOperand weightRows;
  private final IndirectOperand columnRows;
  private final Operand right = new Operand();

  // Where in working memory things are.
  private final int frames;
  private final int maskedAt;
  private final int turned;
  private final int turnedBack;
  private final int columnsAt;
  private final int gradient;
  private final int biasAt;
  private final long size;

  private @Nullable Tensor work;
  private @Nullable Tensor bias;
  private @Nullable Tensor sums;

  DirectFilter(ImageKernels kernels, ImageGeometry sizes) {
    this.kernels = kernels;
    this.sizes = sizes;
    this.window = sizes.window();
    int out = window.outCount();
    this.images = Math.max(1, Math.min(sizes.n(), ENOUGH / Math.max(1, out)));
    this.frame = sizes.image(sizes.frameH(), sizes.frameW());
    int unit = sizes.planes() ? 1 : sizes.widthIn();
    int plane = sizes.frameH() * sizes.frameW();
    this.positionsX = new int[images * out];
    int[] positionsY = new int[images * out];
    for (int q = 0; q < positionsX.length; q++) {
      int oy = q % out / window.outW();
      int ox = q % out % window.outW();
      int pixel = oy * window.strideH() * sizes.frameW() + ox * window.strideW();
      positionsX[q] = q / out * frame + pixel * unit;
      positionsY[q] = q * sizes.widthOut();
    }
    int channels = sizes.channels();
    int[] covered = new int[window.kernelCount() * channels];
    for (int p = 0; p < covered.length; p++) {
      int c = p % channels;
      covered[p] = place(p / channels) * unit + (sizes.planes() ? c * plane : c);
    }
    this.height = covered.length;
    this.places = new int[window.kernelCount()];
    for (int p = 0; p < places.length; p++) {
      places[p] = place(p) * unit;
    }
    this.windows = new IndirectOperand(positionsX, covered);
    this.windowsTurned = new IndirectOperand(covered, positionsX);
    this.pixelsX = new IndirectOperand(positionsX);
    this.pixelsY = new IndirectOperand(positionsY);
    this.weightRows = IndirectOperand.strided(height, sizes.widthOut());
    this.columnRows = IndirectOperand.strided(ENOUGH, padded(height));
    Room room = new Room();
    long weights = (long) height * sizes.widthOut();
    long back = (long) window.kernelCount() * sizes.filters() * sizes.widthIn();
    this.frames = room.take(sizes.isFramed() ? (long) images * frame : 0);
    this.maskedAt = room.take((long) images * out * sizes.widthOut());
    this.turned = room.take(weights);
    this.turnedBack = room.take(sizes.planes() ? 0 : back);
    this.columnsAt = room.take(byColumns() ? (long) ENOUGH * padded(height) + sizes.lanes() : 0);
    this.gradient = room.take(weights);
    this.biasAt = room.take(sizes.widthOut());
    this.size = room.size();
  }

  private int padded(int count) {
    return (count + sizes.lanes() - 1) / sizes.lanes() * sizes.lanes();
  }

  /**
   * Whether dx is gathered from a product with all numbers a window covers side by side: where
   * channels fill their vectors badly, that saves more than the additions cost.
   */
  private boolean byColumns() {
    return !sizes.planes()
        && window.kernelCount() > 1
        && 4 * sizes.widthIn() >= 5 * sizes.channels()
        && sizes.filters() >= sizes.lanes();
  }

  /** Pixels from a window's first to the one at a place in it. */
  private int place(int p) {
    int r = p / window.kernelW();
    int s = p % window.kernelW();
    return r * window.dilationH() * sizes.frameW() + s * window.dilationW();
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
      bias = scratch.slice(biasAt, Shape.of(sizes.widthOut()));
      sums = scratch.slice(gradient, Shape.of(height * sizes.widthOut()));
    }
  }

  @Override
  public void forward(ConvTensors t) {
    Tensor scratch = t.scratch();
    begin(scratch);
    Tensor b = t.b();
    Tensor row = bias;
    kernels
        .loops()
        .turnFilters(
            t.w(), sizes.filters(), sizes.channels(), window.kernelCount(), false, scratch, turned);
    if (b != null && row != null) {
      ImageBias.spread(b, row);
    }
    right.of(scratch, sizes.widthOut()).at(turned);
    for (int image = 0; image < sizes.n(); image += images) {
      int count = Math.min(images, sizes.n() - image);
      Tensor a = framed(kernels.loops(), t.x(), image, count, scratch);
      kernels
          .products()
          .multiply(
              count * window.outCount(),
              sizes.filters(),
              height,
              windows.in(a, atFrames(image)),
              right,
              b == null ? null : row,
              t.rectified(),
              pixelsY.in(t.y(), image * window.outCount() * sizes.widthOut()));
    }
  }

  /** Where the frames of images begin that {@link #framed} gave. */
  private int atFrames(int image) {
    return sizes.isFramed() ? frames : image * frame;
  }

  /** Some images with the padding around them. */
  private Tensor framed(ChannelsLast loops, Tensor x, int image, int count, Tensor scratch) {
    if (!sizes.isFramed()) {
      return x;
    }
    int unit = sizes.planes() ? 1 : sizes.widthIn();
    int parts = sizes.planes() ? sizes.channels() : 1;
    int in = window.inCount() * unit;
    int out = frame / parts;
    for (int i = 0; i < count * parts; i++) {
      loops.frame(
          x,
          image * parts * in + i * in,
          window.inH(),
          window.inW() * unit,
          window.padTop(),
          sizes.frameH() - window.padTop() - window.inH(),
          window.padLeft() * unit,
          (sizes.frameW() - window.padLeft() - window.inW()) * unit,
          scratch,
          frames + i * out);
    }
    return scratch;
  }

  @Override
  public void backward(ConvTensors t) {
    // Filters add up over images in working memory, where without any is what others left there.
    if (sizes.n() == 0) {
      t.nothing();
      return;
    }
    Tensor scratch = t.scratch();
    Tensor dy = t.dy();
    Tensor dw = t.dw();
    Tensor db = t.db();
    Tensor dx = t.dx();
    begin(scratch);
    Tensor row = bias;
    ChannelsLast loops = kernels.loops();
    if (row != null) {
      row.fill(0);
    }
    if (dx != null) {
      turnBack(t.w(), scratch);
      if (!sizes.isFramed() && !coversAll()) {
        dx.fill(0);
      }
    }
    int pixels = window.outCount();
    int width = sizes.widthOut();
    for (int image = 0; image < sizes.n(); image += images) {
      int count = Math.min(images, sizes.n() - image);
      int from = image * pixels * width;
      Tensor dz = dy;
      int atDz = from;
      if (t.rectified()) {
        loops.mask(t.y(), dy, from, count * pixels * width, scratch, maskedAt);
        dz = scratch;
        atDz = maskedAt;
      }
      if (db != null && row != null) {
        loops.addRows(dz, atDz, count * pixels, width, row, 0);
      }
      if (dw != null) {
        weights(t.x(), image, count, dz, atDz, scratch);
      }
      if (dx != null) {
        inputs(image, count, dz, atDz, scratch, dx);
      }
    }
    if (dw != null) {
      loops.turnFiltersBack(
          scratch,
          gradient,
          sizes.filters(),
          sizes.channels(),
          window.kernelCount(),
          t.betaW(),
          dw);
    }
    if (db != null && row != null) {
      ImageBias.gather(row, t.betaB(), db);
    }
  }

  /** The filters as the products of dx need them. */
  private void turnBack(Tensor w, Tensor scratch) {
    int positions = window.kernelCount();
    if (byColumns()) {
      kernels
          .loops()
          .flattenFilters(w, sizes.filters(), sizes.channels(), positions, scratch, turnedBack);
    } else {
      kernels
          .loops()
          .turnFilters(w, sizes.filters(), sizes.channels(), positions, true, scratch, turnedBack);
    }
  }

  private void weights(Tensor x, int image, int count, Tensor dz, int atDz, Tensor scratch) {
    Tensor a = framed(kernels.loops(), x, image, count, scratch);
    Tensor to = sums;
    if (to != null) {
      kernels
          .products()
          .multiply(
              height,
              sizes.filters(),
              count * window.outCount(),
              windowsTurned.in(a, atFrames(image)),
              right.of(dz, sizes.widthOut()).at(atDz),
              image == 0 ? null : to,
              false,
              weightRows.in(to, 0));
    }
  }

  /** Whether the window is one pixel and meets every pixel: then dx need not be added up. */
  private boolean coversAll() {
    return window.isPointwise();
  }

  private void inputs(int image, int count, Tensor dz, int atDz, Tensor scratch, Tensor dx) {
    IndirectMatrix products = kernels.products();
    boolean isFramed = sizes.isFramed();
    Tensor to = isFramed ? scratch : dx;
    int at = atFrames(image);
    if (isFramed) {
      kernels.loops().clear(scratch, frames, count * frame);
    }
    if (byColumns()) {
      columns(count, dz, atDz, scratch, to, at);
    }
    for (int p = 0; p < window.kernelCount() && !byColumns(); p++) {
      right.of(scratch, sizes.widthIn()).at(turnedBack + p * sizes.filters() * sizes.widthIn());
      products.multiply(
          count * window.outCount(),
          sizes.channels(),
          sizes.filters(),
          pixelsY.in(dz, atDz),
          right,
          coversAll() ? null : to,
          false,
          pixelsX.in(to, at + place(p) * sizes.widthIn()));
    }
    if (isFramed) {
      int width = sizes.widthIn();
      for (int i = 0; i < count; i++) {
        kernels
            .loops()
            .crop(
                scratch,
                frames + i * frame,
                window.inH(),
                window.inW() * width,
                window.padTop(),
                window.padLeft() * width,
                (sizes.frameW() - window.padLeft() - window.inW()) * width,
                dx,
                (image + i) * window.inCount() * width);
      }
    }
  }

  /** dx from the products of some positions with all of the filters. */
  private void columns(int count, Tensor dz, int atDz, Tensor scratch, Tensor dx, int atDx) {
    int width = padded(height);
    int all = count * window.outCount();
    right.of(scratch, width).at(turnedBack);
    for (int from = 0; from < all; from += ENOUGH) {
      int rows = Math.min(ENOUGH, all - from);
      kernels
          .products()
          .multiply(
              rows,
              height,
              sizes.filters(),
              pixelsY.in(dz, atDz).from(from),
              right,
              null,
              false,
              columnRows.in(scratch, columnsAt));
      kernels
          .loops()
          .addToPixels(
              scratch,
              columnsAt,
              width,
              rows,
              sizes.channels(),
              positionsX,
              from,
              places,
              dx,
              atDx);
    }
  }
}
