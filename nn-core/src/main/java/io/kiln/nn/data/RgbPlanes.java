package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * An image as red, green and blue planes of bytes.
 *
 * <p>The numbers are those that stand in the file, as PIL's {@code convert("RGB")}, OpenCV and
 * torchvision read them: nothing goes through Java's colour spaces (its grey one is linear and
 * would make 128 a 188), alpha and colour profiles are left out, of 16 bits the upper 8 are kept.
 *
 * @param height rows
 * @param width columns
 * @param planes 3 · height · width bytes, shared
 */
public record RgbPlanes(int height, int width, byte[] planes) {
  /** Checks the count. */
  public RgbPlanes {
    if (planes.length != 3L * height * width) {
      throw new IllegalArgumentException(
          "image: "
              + planes.length
              + " bytes came but 3·"
              + height
              + "·"
              + width
              + " are needed, a plane a colour");
    }
  }

  /** The image at another size, by the filter of {@link Resampling}. */
  public RgbPlanes resized(int newHeight, int newWidth) {
    byte[] other = Resampling.resize(planes, 3, height, width, newHeight, newWidth);
    return new RgbPlanes(newHeight, newWidth, other);
  }

  /** The whole image as a sample [1, 3, height, width] of numbers from 0 to 1. */
  public Tensor tensor(DType dtype) {
    Tensor image = Tensor.zeros(Shape.of(1, 3, height, width), dtype);
    for (int i = 0; i < planes.length; i++) {
      image.set(i, (planes[i] & 0xff) / 255.0);
    }
    return image;
  }

  /** The numbers of an image of grey values, of a palette, or of colours. */
  static RgbPlanes of(BufferedImage image) {
    Raster raster = image.getRaster();
    ColorModel colours = image.getColorModel();
    int width = raster.getWidth();
    byte[] planes = new byte[3 * raster.getHeight() * width];
    int[] line = new int[width];
    int at = 0;
    for (int c = 0; c < 3; c++) {
      int band = raster.getNumBands() < 3 ? 0 : c;
      byte[] levels =
          colours instanceof IndexColorModel palette
              ? levels(palette, c)
              : levels(raster.getSampleModel().getSampleSize(band));
      int shift = Math.max(0, raster.getSampleModel().getSampleSize(band) - 8);
      for (int y = 0; y < raster.getHeight(); y++) {
        raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, line);
        for (int sample : line) {
          planes[at++] = levels[sample >> shift];
        }
      }
    }
    return new RgbPlanes(raster.getHeight(), width, planes);
  }

  private static byte[] levels(IndexColorModel palette, int channel) {
    byte[] levels = new byte[Math.max(256, palette.getMapSize())];
    switch (channel) {
      case 0 -> palette.getReds(levels);
      case 1 -> palette.getGreens(levels);
      default -> palette.getBlues(levels);
    }
    return levels;
  }

  /** Samples of fewer than 8 bits are spread over all levels. */
  private static byte[] levels(int bits) {
    int most = bits < 8 ? (1 << bits) - 1 : 255;
    byte[] levels = new byte[most + 1];
    for (int i = 0; i <= most; i++) {
      levels[i] = (byte) (i * 255 / most);
    }
    return levels;
  }

  /** The numbers of a JPEG's components, changed to colours as libjpeg and PIL do. */
  static RgbPlanes of(Raster components, JpegMarkers.Colours colours) {
    int width = components.getWidth();
    int area = components.getHeight() * width;
    int bands = components.getNumBands();
    byte[] planes = new byte[3 * area];
    int[] line = new int[bands * width];
    int[] rgb = new int[3];
    for (int y = 0; y < components.getHeight(); y++) {
      components.getPixels(components.getMinX(), components.getMinY() + y, width, 1, line);
      for (int x = 0; x < width; x++) {
        int from = x * bands;
        switch (colours) {
          case GREY -> rgb[0] = rgb[1] = rgb[2] = line[from];
          case YCC -> ycc(line[from], line[from + 1] - 128, line[from + 2] - 128, rgb);
          case YCCK -> {
            ycc(line[from], line[from + 1] - 128, line[from + 2] - 128, rgb);
            for (int c = 0; c < 3; c++) {
              rgb[c] = 255 - rgb[c];
            }
          }
          case RGB, CMYK -> System.arraycopy(line, from, rgb, 0, 3);
        }
        for (int c = 0; c < 3; c++) {
          int value = bands == 4 ? inked(rgb[c], line[from + 3]) : rgb[c];
          planes[c * area + y * width + x] = (byte) value;
        }
      }
    }
    return new RgbPlanes(components.getHeight(), width, planes);
  }

  /** Luminance and colour differences in libjpeg's fixed point. */
  private static void ycc(int y, int cb, int cr, int[] rgb) {
    rgb[0] = clip(y + ((91881 * cr + 32768) >> 16));
    rgb[1] = clip(y + ((-22554 * cb - 46802 * cr + 32768) >> 16));
    rgb[2] = clip(y + ((116130 * cb + 32768) >> 16));
  }

  /** Inks lie in the file as Adobe writes them, 255 for none; rounded as PIL does. */
  private static int inked(int ink, int black) {
    int product = (255 - ink) * black + 128;
    return clip(black - (((product >> 8) + product) >> 8));
  }

  private static int clip(int value) {
    return Math.max(0, Math.min(255, value));
  }

  /**
   * The image as it is to be seen.
   *
   * @param orientation 1 … 8 as EXIF numbers them; 1 changes nothing
   */
  RgbPlanes turned(int orientation) {
    if (orientation <= 1 || orientation > 8) {
      return this;
    }
    boolean across = orientation >= 5;
    int newHeight = across ? width : height;
    int newWidth = across ? height : width;
    byte[] out = new byte[planes.length];
    int at = 0;
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < newHeight; y++) {
        for (int x = 0; x < newWidth; x++) {
          int row = across ? x : y;
          int column = across ? y : x;
          boolean up = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
          boolean back =
              orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
          row = up ? height - 1 - row : row;
          column = back ? width - 1 - column : column;
          out[at++] = planes[(c * height + row) * width + column];
        }
      }
    }
    return new RgbPlanes(newHeight, newWidth, out);
  }
}
