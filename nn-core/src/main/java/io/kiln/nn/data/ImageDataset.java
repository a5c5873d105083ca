package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Images as numbers: each byte is scaled to [0, 1] and normalised by channel.
 *
 * <p>Shapes: input [channels, height, width], target [] (the class). A table of 256 numbers a
 * channel does the arithmetic once; reading is a look-up a pixel.
 */
public final class ImageDataset implements Dataset, ImageWriter {
  private final Images images;
  private final SampleSpec spec;
  private final float[] table;
  private final int area;

  /** The images with a mean and a deviation for each channel, in units of [0, 1]. */
  public ImageDataset(Images images, Normalization normalization) {
    int channels = images.shape().size(0);
    if (normalization.mean().size() != channels) {
      throw new IllegalArgumentException(
          "images: means of "
              + normalization.mean().size()
              + " channels came but the images have "
              + channels
              + "; give one mean and deviation a channel");
    }
    this.images = images;
    this.area = images.shape().count(1, 3);
    this.spec =
        new SampleSpec(List.of(images.shape()), Shape.of(), images.classes(), images.classNames());
    this.table = new float[channels * 256];
    for (int c = 0; c < channels; c++) {
      for (int value = 0; value < 256; value++) {
        table[c * 256 + value] =
            (float)
                ((value / 255.0 - normalization.mean().get(c)) / normalization.deviation().get(c));
      }
    }
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
    Tensor x = batch.input(0);
    int count = images.shape().count();
    int to = x.offset() + row * count;
    if (x.dtype() == DType.FLOAT32) {
      float[] out = x.floats();
      for (int base = 0; base < count; base += area) {
        int line = base / area * 256;
        for (int i = base; i < base + area; i++) {
          out[to + i] = table[line + (pixels[from + i] & 0xff)];
        }
      }
    } else {
      double[] out = x.doubles();
      for (int i = 0; i < count; i++) {
        out[to + i] = table[i / area * 256 + (pixels[from + i] & 0xff)];
      }
    }
  }

  @Override
  public void readTarget(int index, Tensor targets, int row) {
    targets.set(row, images.label(index));
  }
}
