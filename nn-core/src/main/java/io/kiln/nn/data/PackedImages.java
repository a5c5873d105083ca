package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Colour images stored as rows of numbers, one number a pixel: 65 536 · red + 256 · green + blue,
 * which a float holds exactly. Read, they are varied and normalised as images of files are.
 */
public final class PackedImages {
  /** More pixels in a row or column than this are refused. */
  private static final int MOST_SIDE = 1 << 13;

  private static final long SHARD_SAMPLES = 1L << 40;

  private final Shape shape;
  private final ImageWriter writer;

  private PackedImages(Shape shape, ImagePlan plan, Normalization normalization, boolean varied) {
    this.shape = shape;
    Augmentation augmentation = varied ? plan.augmentation() : plan.augmentation().centred();
    this.writer = ImagePlan.writer(shape, normalization, augmentation);
  }

  /**
   * Images of a height and width, read as a data section says: {@code normalize}, {@code mean} and
   * {@code deviation}, {@code augment}.
   *
   * @param varied whether they are learnt from; others are only cut to the same size
   * @throws ConfigException if mean and deviation are needed and missing, or a setting is wrong
   */
  public static PackedImages of(int height, int width, Settings data, boolean varied) {
    ImagePlan plan = ImagePlan.of(data);
    Normalization normalization = plan.given(3);
    if (height < 1 || width < 1 || Math.max(height, width) > MOST_SIDE) {
      throw new ConfigException(
          data.path("crop")
              + ": "
              + height
              + " x "
              + width
              + " came but 1 to "
              + MOST_SIDE
              + " is needed");
    }
    if (normalization == null) {
      throw new ConfigException(
          data.path("mean") + ": it is missing; give mean and deviation, or normalize: false");
    }
    return new PackedImages(Shape.of(3, height, width), plan, normalization, varied);
  }

  /** Whether a data section leaves mean and deviation to be fitted. */
  public static boolean fits(Settings data) {
    return ImagePlan.of(data).given(3) == null;
  }

  /** The number of a pixel; the planes of red, green and blue have so many bytes each. */
  public static int packed(byte[] planes, int area, int pixel) {
    return (planes[pixel] & 0xff) << 16
        | (planes[area + pixel] & 0xff) << 8
        | (planes[2 * area + pixel] & 0xff);
  }

  /** Shapes of samples whose rows have that shape. */
  public SampleSpec spec(SampleSpec rows) {
    return new SampleSpec(
        writer.spec().inputs(), rows.target(), rows.classes(), rows.classNames(), rows.scale());
  }

  /** The images of rows: their only input is [height · width]. */
  public ShardedSamples samples(ShardedSamples rows) {
    return new SamplesView(
        rows,
        spec(rows.spec()),
        (reader, shard, position) -> new Reader(rows, reader, shard, position));
  }

  /** What is random of an image is a function of epoch, shard and position. */
  private final class Reader implements ShardReader {
    private final ShardedSamples rows;
    private final ShardReader reader;
    private final byte[] pixels = new byte[shape.count()];
    private long sample;
    private @Nullable Batch room;

    Reader(ShardedSamples rows, ShardReader reader, int shard, long position) {
      this.rows = rows;
      this.reader = reader;
      this.sample = shard * SHARD_SAMPLES + position;
    }

    @Override
    public void fill(Batch batch, int n) throws IOException {
      Batch read = room;
      if (read == null || read.size() < n) {
        read = rows.batch(n, DType.FLOAT32);
        room = read;
      }
      read.epoch(batch.epoch());
      reader.fill(read, n);
      Tensor x = read.input(0);
      int area = shape.count() / 3;
      for (int row = 0; row < n; row++) {
        int from = x.offset() + row * area;
        for (int i = 0; i < area; i++) {
          int pixel = (int) x.floats()[from + i];
          pixels[i] = (byte) (pixel >> 16);
          pixels[area + i] = (byte) (pixel >> 8);
          pixels[2 * area + i] = (byte) pixel;
        }
        writer.write(pixels, 0, sample, batch, row);
        sample++;
      }
      copy(read.target(), batch.target(), n);
      Tensor weights = read.weights();
      Tensor place = batch.weights();
      if (weights != null && place != null) {
        copy(weights, place, n);
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  private static void copy(Tensor from, Tensor to, int n) {
    int count = from.count() / from.shape().size(0) * n;
    for (int i = 0; i < count; i++) {
      to.set(i, from.get(i));
    }
  }
}
