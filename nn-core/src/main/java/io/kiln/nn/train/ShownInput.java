package io.kiln.nn.train;

import io.kiln.nn.data.Batch;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * The first input of a sample as people can be shown it, small.
 *
 * @param channels of a picture, 1 or 3; 0 for a row of numbers
 * @param height of a picture in pixels; 0 for a row
 * @param width of a picture in pixels; numbers of a row before it was cut
 * @param values brightness 0 to 255 of a picture, channel by channel; the first numbers of a row
 */
public record ShownInput(int channels, int height, int width, float[] values) {
  /** The longer side of a picture, at most. */
  static final int MOST_PIXELS = 64;

  /** Numbers of a row, at most. */
  static final int MOST_NUMBERS = 64;

  /** There is nothing to show. */
  static final ShownInput NONE = new ShownInput(0, 0, 0, new float[0]);

  /** Whether the first input of a batch is pictures. */
  static boolean isPicture(Batch batch) {
    if (batch.sparse() != null || batch.inputs().isEmpty()) {
      return false;
    }
    Shape shape = batch.input(0).shape();
    return shape.rank() == 4
        ? shape.size(1) == 1 || shape.size(1) == 3
        : shape.rank() == 3 && shape.size(1) >= 8 && shape.size(2) >= 8;
  }

  /** The first input of a sample: a picture, a row of numbers, or nothing. */
  static ShownInput of(Batch batch, int sample) {
    SparseRows sparse = batch.sparse();
    if (sparse != null || batch.inputs().isEmpty()) {
      return NONE;
    }
    Tensor input = batch.input(0);
    Shape shape = input.shape();
    int numbers = input.count() / shape.size(0);
    int at = sample * numbers;
    if (isPicture(batch)) {
      int channels = shape.rank() == 4 ? shape.size(1) : 1;
      return picture(
          input, at, channels, shape.size(shape.rank() - 2), shape.size(shape.rank() - 1));
    }
    if (shape.rank() != 2) {
      return NONE;
    }
    float[] row = new float[Math.min(numbers, MOST_NUMBERS)];
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) input.get(at + i);
    }
    return new ShownInput(0, 0, numbers, row);
  }

  /** Every k-th pixel each way, so that it is small, brightness stretched from black to white. */
  private static ShownInput picture(Tensor input, int at, int channels, int height, int width) {
    int every = (Math.max(height, width) + MOST_PIXELS - 1) / MOST_PIXELS;
    int rows = (height + every - 1) / every;
    int columns = (width + every - 1) / every;
    float[] pixels = new float[channels * rows * columns];
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    int i = 0;
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
          float value = (float) mean(input, at + c * height * width, height, width, y, x, every);
          least = Math.min(least, value);
          most = Math.max(most, value);
          pixels[i++] = value;
        }
      }
    }
    float range = most > least ? most - least : 1;
    for (i = 0; i < pixels.length; i++) {
      pixels[i] = Math.round(255 * (pixels[i] - least) / range);
    }
    return new ShownInput(channels, rows, columns, pixels);
  }

  private static double mean(
      Tensor input, int at, int height, int width, int row, int column, int every) {
    double sum = 0;
    int n = 0;
    for (int y = row * every; y < Math.min(height, (row + 1) * every); y++) {
      for (int x = column * every; x < Math.min(width, (column + 1) * every); x++) {
        sum += input.get(at + y * width + x);
        n++;
      }
    }
    return sum / n;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(channels);
    out.writeInt(height);
    out.writeInt(width);
    out.writeInt(values.length);
    for (float value : values) {
      if (channels > 0) {
        out.writeByte((int) value);
      } else {
        out.writeFloat(value);
      }
    }
  }

  static ShownInput read(DataInputStream in) throws IOException {
    int channels = in.readInt();
    int height = in.readInt();
    int width = in.readInt();
    float[] values = new float[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = channels > 0 ? in.readUnsignedByte() : in.readFloat();
    }
    return new ShownInput(channels, height, width, values);
  }
}
