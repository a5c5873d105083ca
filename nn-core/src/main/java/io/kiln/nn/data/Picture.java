package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Storage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import javax.imageio.ImageIO;

/**
 * One picture of any size: red, green and blue planes of bytes. Immutable by agreement: nobody
 * writes into the planes after construction.
 *
 * @param height rows
 * @param width columns
 * @param planes 3 · height · width bytes, plane by plane, row by row
 */
public record Picture(int height, int width, byte[] planes) {
  private static final int MOST_BYTES = 1 << 29;

  /** Checks the count. */
  public Picture {
    if (height < 1 || width < 1 || 3L * height * width != planes.length) {
      throw new IllegalArgumentException(
          "picture: "
              + planes.length
              + " bytes came but 3 planes of "
              + height
              + "x"
              + width
              + " are needed");
    }
  }

  /** Whether a file of that name would be a picture that can be read: JPEG, PNG, BMP. */
  public static boolean named(String name) {
    return ImageFiles.named(name);
  }

  /**
   * Reads a JPEG, PNG or BMP file, upright as its EXIF says.
   *
   * @throws FormatException if it is no such picture
   */
  public static Picture read(Storage storage, String path) throws IOException {
    try (InputStream in = storage.open(path)) {
      RgbPlanes image = ImageFiles.upright(path, in.readNBytes(MOST_BYTES));
      return new Picture(image.height(), image.width(), image.planes());
    }
  }

  /** The same picture with its longer side of that length, and its shape kept. */
  public Picture within(int side) {
    double factor = (double) side / Math.max(height, width);
    return resized(
        Math.max(1, (int) Math.round(height * factor)),
        Math.max(1, (int) Math.round(width * factor)));
  }

  /** The same picture of another size, resampled by a triangle filter as in PIL. */
  public Picture resized(int newHeight, int newWidth) {
    return new Picture(
        newHeight, newWidth, Resampling.resize(planes, 3, height, width, newHeight, newWidth));
  }

  /**
   * The brightness of this picture with the colours of another of the same size: Y of the one, Cb
   * and Cr of the other (Gatys, Bethge, Hertzmann, Shechtman 2016, "Preserving color in neural
   * artistic style transfer").
   */
  public Picture withColoursOf(Picture other) {
    if (other.height != height || other.width != width) {
      throw new IllegalArgumentException(
          "picture: colours of "
              + other.height
              + "x"
              + other.width
              + " came for "
              + height
              + "x"
              + width
              + "; resize one of them");
    }
    int area = height * width;
    byte[] mixed = new byte[planes.length];
    for (int i = 0; i < area; i++) {
      double lighter = luma(planes, i, area) - luma(other.planes, i, area);
      for (int c = 0; c < 3; c++) {
        long value = Math.round((other.planes[c * area + i] & 0xff) + lighter);
        mixed[c * area + i] = (byte) Math.max(0, Math.min(255, value));
      }
    }
    return new Picture(height, width, mixed);
  }

  /** Brightness by ITU-R BT.601. */
  private static double luma(byte[] planes, int i, int area) {
    return 0.299 * (planes[i] & 0xff)
        + 0.587 * (planes[area + i] & 0xff)
        + 0.114 * (planes[2 * area + i] & 0xff);
  }

  /**
   * The picture as a file.
   *
   * @param format {@code png}, which keeps every byte, or {@code jpg}
   */
  public byte[] encoded(String format) {
    if (!format.equals("png") && !format.equals("jpg")) {
      throw new IllegalArgumentException(
          "picture: format " + format + " came but png or jpg is needed");
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int area = height * width;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = y * width + x;
        int red = planes[i] & 0xff;
        int green = planes[area + i] & 0xff;
        int blue = planes[2 * area + i] & 0xff;
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalStateException("picture: this Java has no writer for " + format);
      }
    } catch (IOException e) {
      throw new IllegalStateException("picture: memory could not be written", e);
    }
    return bytes.toByteArray();
  }
}
