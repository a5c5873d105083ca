package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Images varied by an {@link Augmentation} before they are normalised. The order is: window, turn
 * and mirror; brightness, contrast, saturation; normalisation; cutout.
 *
 * <p>Shapes: input [channels, size, size] (or that of the images), target [] (the class).
 */
public final class AugmentedImages implements Dataset, ImageWriter {
  private static final long SITE = 0x6175676d656e74L;

  private final Images images;
  private final Augmentation augmentation;
  private final SampleSpec spec;
  private final CounterRng rng;
  private final int channels;
  private final int height;
  private final int width;
  private final float[] scale;
  private final float[] shift;
  private final ThreadLocal<Scratch> scratches;

  /** One thread's room for an image, and the map from its pixels to the source's. */
  private static final class Scratch {
    private final float[] values;
    private final double[] map = new double[6];

    Scratch(int count) {
      this.values = new float[count];
    }
  }

  /** Images varied like that, then normalised by channel in units of [0, 1]. */
  public AugmentedImages(Images images, Normalization normalization, Augmentation augmentation) {
    int size = augmentation.size();
    this.images = images;
    this.augmentation = augmentation;
    this.channels = images.shape().size(0);
    this.height = size == 0 ? images.shape().size(1) : size;
    this.width = size == 0 ? images.shape().size(2) : size;
    int room = 2 * augmentation.padding();
    boolean fits =
        height <= images.shape().size(1) + room && width <= images.shape().size(2) + room;
    if (!fits && augmentation.scale().isEmpty()) {
      throw new ConfigException(
          "augment.size: "
              + size
              + " came but images are "
              + images.shape()
              + "; use a smaller size or data.resize and data.crop");
    }
    this.spec =
        new SampleSpec(
            List.of(Shape.of(channels, height, width)),
            Shape.of(),
            images.classes(),
            images.classNames());
    this.rng = CounterRng.of(augmentation.seed(), SITE);
    this.scale = new float[channels];
    this.shift = new float[channels];
    for (int c = 0; c < channels; c++) {
      scale[c] = (float) (1 / normalization.deviation().get(c));
      shift[c] = (float) (-normalization.mean().get(c) / normalization.deviation().get(c));
    }
    int count = channels * height * width;
    this.scratches = ThreadLocal.withInitial(() -> new Scratch(count));
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public SampleSpec spec() {
    return spec;
  }

  @Override
  public void read(int index, Batch batch, int row) {
    int slot = images.slot(index);
    write(images.pixels().array(slot), images.pixels().offset(slot), index, batch, row);
    readTarget(index, batch.target(), row);
  }

  @Override
  public void write(byte[] pixels, int from, long sample, Batch batch, int row) {
    CounterRng draws = rng.fork(batch.epoch()).fork(sample);
    Scratch scratch = scratches.get();
    aim(draws, isMirrored(draws, batch.epoch(), sample), scratch.map);
    if (augmentation.bends()) {
      bend(pixels, from, scratch);
    } else {
      copy(pixels, from, scratch);
    }
    if (augmentation.colours()) {
      colour(draws, scratch.values);
    }
    write(draws, scratch.values, batch.input(0), row);
  }

  @Override
  public void readTarget(int index, Tensor targets, int row) {
    targets.set(row, images.label(index));
  }

  private boolean isMirrored(CounterRng draws, long epoch, long sample) {
    return switch (augmentation.flip()) {
      case NONE -> false;
      case RANDOM -> draws.bits(5) < 0;
      case ALTERNATING -> rng.fork(sample).bits(5) < 0 == (epoch % 2 == 0);
    };
  }

  /** Chooses the map: source x = m0·x + m1·y + m2, source y = m3·x + m4·y + m5. */
  private void aim(CounterRng draws, boolean mirrored, double[] map) {
    int sourceHeight = images.shape().size(1);
    int sourceWidth = images.shape().size(2);
    double windowHeight = height;
    double windowWidth = width;
    double top;
    double left;
    if (augmentation.scale().isEmpty()) {
      int spareHeight = sourceHeight + 2 * augmentation.padding() - height;
      int spareWidth = sourceWidth + 2 * augmentation.padding() - width;
      boolean moves = augmentation.moves();
      top = (moves ? draws.integer(0, spareHeight + 1) : spareHeight / 2) - augmentation.padding();
      left = (moves ? draws.integer(1, spareWidth + 1) : spareWidth / 2) - augmentation.padding();
    } else {
      double least = augmentation.scale().get(0);
      double most = augmentation.scale().get(1);
      double area = least + (most - least) * draws.uniform(0);
      // The ratio of width to height is between 3/4 and 4/3, and the window within the image.
      double ratio = StrictMath.exp((2 * draws.uniform(1) - 1) * StrictMath.log(4 / 3.0));
      double side = Math.sqrt(area * sourceHeight * sourceWidth);
      windowWidth = Math.min(sourceWidth, side * Math.sqrt(ratio));
      windowHeight = Math.min(sourceHeight, side / Math.sqrt(ratio));
      top = (sourceHeight - windowHeight) * draws.uniform(2);
      left = (sourceWidth - windowWidth) * draws.uniform(3);
    }
    double turn = Math.toRadians(augmentation.rotate()) * (2 * draws.uniform(4) - 1);
    double cos = augmentation.rotate() == 0 ? 1 : StrictMath.cos(turn);
    double sin = augmentation.rotate() == 0 ? 0 : StrictMath.sin(turn);
    double stepX = windowWidth / width;
    double stepY = windowHeight / height;
    double mirror = mirrored ? -1 : 1;
    double centreX = left + (windowWidth - 1) / 2;
    double centreY = top + (windowHeight - 1) / 2;
    double halfX = (width - 1) / 2.0;
    double halfY = (height - 1) / 2.0;
    map[0] = mirror * cos * stepX;
    map[1] = -sin * stepY;
    map[2] = centreX - map[0] * halfX - map[1] * halfY;
    map[3] = mirror * sin * stepX;
    map[4] = cos * stepY;
    map[5] = centreY - map[3] * halfX - map[4] * halfY;
  }

  /** Whole pixels only: the map is a shift and perhaps a mirror. */
  private void copy(byte[] pixels, int first, Scratch scratch) {
    int sourceHeight = images.shape().size(1);
    int sourceWidth = images.shape().size(2);
    int step = (int) scratch.map[0];
    int left = (int) Math.rint(scratch.map[2]);
    int top = (int) Math.rint(scratch.map[5]);
    if (augmentation.edge() == Augmentation.Edge.REFLECT) {
      reflect(pixels, first, scratch);
      return;
    }
    int from = step > 0 ? Math.max(0, -left) : Math.max(0, left - sourceWidth + 1);
    int to = Math.min(width, step > 0 ? sourceWidth - left : left + 1);
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        int out = (c * height + y) * width;
        boolean inside = y + top >= 0 && y + top < sourceHeight;
        int line = first + (c * sourceHeight + y + top) * sourceWidth + left;
        for (int x = 0; x < width; x++) {
          boolean there = inside && x >= from && x < to;
          scratch.values[out + x] = there ? (pixels[line + step * x] & 0xff) / 255f : 0;
        }
      }
    }
  }

  /** Likewise, with the image mirrored at its edges instead of black. */
  private void reflect(byte[] pixels, int first, Scratch scratch) {
    int sourceHeight = images.shape().size(1);
    int sourceWidth = images.shape().size(2);
    int step = (int) scratch.map[0];
    int left = (int) Math.rint(scratch.map[2]);
    int top = (int) Math.rint(scratch.map[5]);
    for (int y = 0; y < height; y++) {
      int line = first + within(y + top, sourceHeight) * sourceWidth;
      for (int x = 0; x < width; x++) {
        int at = line + within(left + step * x, sourceWidth);
        for (int c = 0; c < channels; c++) {
          scratch.values[(c * height + y) * width + x] =
              (pixels[at + c * sourceHeight * sourceWidth] & 0xff) / 255f;
        }
      }
    }
  }

  /** A place of [0, n) that an index stands for when the numbers are mirrored at both ends. */
  private static int within(int index, int n) {
    int period = Math.max(1, 2 * (n - 1));
    int at = Math.floorMod(index, period);
    return at < n ? at : period - at;
  }

  /** Between pixels: a mean of four weighted by nearness; black outside. */
  private void bend(byte[] pixels, int first, Scratch scratch) {
    double[] map = scratch.map;
    float[] values = scratch.values;
    int sourceHeight = images.shape().size(1);
    int sourceWidth = images.shape().size(2);
    int sourceArea = sourceHeight * sourceWidth;
    int area = height * width;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float sourceX = (float) (map[0] * x + map[1] * y + map[2]);
        float sourceY = (float) (map[3] * x + map[4] * y + map[5]);
        int left = (int) (sourceX + 1024) - 1024;
        int top = (int) (sourceY + 1024) - 1024;
        float right = sourceX - left;
        float below = sourceY - top;
        boolean inside = left >= 0 && top >= 0 && left + 1 < sourceWidth && top + 1 < sourceHeight;
        int at = first + top * sourceWidth + left;
        for (int c = 0; c < channels; c++) {
          float a;
          float b;
          float d;
          float e;
          if (inside) {
            a = pixels[at] & 0xff;
            b = pixels[at + 1] & 0xff;
            d = pixels[at + sourceWidth] & 0xff;
            e = pixels[at + sourceWidth + 1] & 0xff;
          } else {
            a = pixel(pixels, first + c * sourceArea, top, left);
            b = pixel(pixels, first + c * sourceArea, top, left + 1);
            d = pixel(pixels, first + c * sourceArea, top + 1, left);
            e = pixel(pixels, first + c * sourceArea, top + 1, left + 1);
          }
          float above = a + (b - a) * right;
          float under = d + (e - d) * right;
          values[c * area + y * width + x] = (above + (under - above) * below) * (1 / 255f);
          at += sourceArea;
        }
      }
    }
  }

  private int pixel(byte[] pixels, int plane, int y, int x) {
    boolean inside = y >= 0 && x >= 0 && y < images.shape().size(1) && x < images.shape().size(2);
    return inside ? pixels[plane + y * images.shape().size(2) + x] & 0xff : 0;
  }

  private void colour(CounterRng draws, float[] values) {
    int area = height * width;
    float bright = 1 + (float) (augmentation.brightness() * (2 * draws.uniform(6) - 1));
    float contrast = 1 + (float) (augmentation.contrast() * (2 * draws.uniform(7) - 1));
    float saturation = 1 + (float) (augmentation.saturation() * (2 * draws.uniform(8) - 1));
    double sum = 0;
    for (int i = 0; i < area; i++) {
      for (int c = 0; c < channels; c++) {
        values[c * area + i] = clamp(values[c * area + i] * bright);
      }
      sum += grey(values, i, area);
    }
    float mean = (float) (sum / area);
    for (int i = 0; i < area; i++) {
      for (int c = 0; c < channels; c++) {
        values[c * area + i] = clamp(mean + (values[c * area + i] - mean) * contrast);
      }
      float grey = grey(values, i, area);
      for (int c = 0; c < channels && channels == 3; c++) {
        values[c * area + i] = clamp(grey + (values[c * area + i] - grey) * saturation);
      }
    }
  }

  /** Luma of ITU-R BT.601, or the one channel there is. */
  private float grey(float[] values, int i, int area) {
    return channels == 3
        ? 0.299f * values[i] + 0.587f * values[area + i] + 0.114f * values[2 * area + i]
        : values[i];
  }

  private static float clamp(float value) {
    return Math.max(0, Math.min(1, value));
  }

  private void write(CounterRng draws, float[] values, Tensor x, int row) {
    int area = height * width;
    int to = x.offset() + row * channels * area;
    for (int c = 0; c < channels; c++) {
      for (int i = c * area; i < (c + 1) * area; i++) {
        values[i] = values[i] * scale[c] + shift[c];
      }
    }
    int cutout = augmentation.cutout();
    if (cutout > 0) {
      int top = draws.integer(9, height) - cutout / 2;
      int left = draws.integer(10, width) - cutout / 2;
      for (int c = 0; c < channels; c++) {
        for (int y = Math.max(0, top); y < Math.min(height, top + cutout); y++) {
          int line = c * area + y * width;
          for (int at = Math.max(0, left); at < Math.min(width, left + cutout); at++) {
            values[line + at] = 0;
          }
        }
      }
    }
    if (x.dtype() == DType.FLOAT32) {
      System.arraycopy(values, 0, x.floats(), to, values.length);
    } else {
      double[] out = x.doubles();
      for (int i = 0; i < values.length; i++) {
        out[to + i] = values[i];
      }
    }
  }
}
