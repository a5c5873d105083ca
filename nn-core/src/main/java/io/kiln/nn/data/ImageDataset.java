package io.kiln.nn.data;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.PixelLoops;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Images as numbers: each byte is scaled to [0, 1] and normalised by channel.
 *
 * <p>Shapes: input [channels, height, width], target [] (the class). A byte v becomes v / 255 · 1/σ
 * − μ/σ in float32, with μ and σ in units of [0, 1] and both factors rounded once; the same as
 * {@link AugmentedImages} without changes.
 */
public final class ImageDataset implements Dataset, ImageWriter {
  private final Images images;
  private final SampleSpec spec;
  private final List<PixelLoops.Scale> scales = new ArrayList<>();
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
    for (int c = 0; c < channels; c++) {
      double mean = normalization.mean().get(c);
      double deviation = normalization.deviation().get(c);
      scales.add(new PixelLoops.Scale((float) (1 / deviation), (float) (-mean / deviation)));
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
    PixelLoops loops = Kernels.of(x.dtype()).pixels();
    int to = row * images.shape().count();
    for (int c = 0; c < scales.size(); c++) {
      loops.scale(pixels, from + c * area, area, scales.get(c), x, to + c * area);
    }
  }

  @Override
  public void readTarget(int index, Tensor targets, int row) {
    targets.set(row, images.label(index));
  }
}
