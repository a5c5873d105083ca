package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Storage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads JPEG, PNG and BMP files as red, green and blue planes of one size: the short side resized,
 * the centre cut out.
 *
 * @param resize length of the short side, or 0 to leave the image as it is
 * @param crop height and width of the centre that is cut out
 */
record ImageFiles(int resize, int crop) {
  private static final List<String> SUFFIXES = List.of(".jpg", ".jpeg", ".png", ".bmp");

  /** More pixels than this in one file are refused before they are unpacked. */
  private static final long MOST_PIXELS = 100_000_000;

  /** Whether a file's name is that of an image; a GIF is not, it is used as a placeholder. */
  static boolean named(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return SUFFIXES.stream().anyMatch(lower::endsWith);
  }

  /**
   * Reads one file into 3 · crop · crop bytes of an array.
   *
   * @throws FormatException if it is not an image, is too big, or smaller than the crop
   */
  void read(Storage storage, String path, byte[] pixels, int offset) throws IOException {
    BufferedImage image = decode(storage, path);
    int height = image.getHeight();
    int width = image.getWidth();
    byte[] planes = planes(image);
    if (resize > 0) {
      int side = Math.min(height, width);
      int newHeight = height == side ? resize : (int) ((long) resize * height / side);
      int newWidth = width == side ? resize : (int) ((long) resize * width / side);
      planes = Resampling.resize(planes, 3, height, width, newHeight, newWidth);
      height = newHeight;
      width = newWidth;
    }
    if (height < crop || width < crop) {
      throw new FormatException(
          path,
          -1,
          "the image is "
              + width
              + "x"
              + height
              + " but "
              + crop
              + "x"
              + crop
              + " is to be cut out; set data.resize to "
              + crop
              + " or more");
    }
    int top = (int) Math.rint((height - crop) / 2.0);
    int left = (int) Math.rint((width - crop) / 2.0);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < crop; y++) {
        int from = (c * height + top + y) * width + left;
        System.arraycopy(planes, from, pixels, offset + (c * crop + y) * crop, crop);
      }
    }
  }

  private static BufferedImage decode(Storage storage, String path) throws IOException {
    try (InputStream file = storage.open(path);
        ImageInputStream in = new MemoryCacheImageInputStream(file)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new FormatException(path, 0, "it is not a JPEG, PNG or BMP image; remove it");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long count = (long) reader.getWidth(0) * reader.getHeight(0);
        if (count > MOST_PIXELS) {
          throw new FormatException(
              path, -1, count + " pixels are declared; " + MOST_PIXELS + " is the most");
        }
        return reader.read(0);
      } catch (FormatException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        throw new FormatException(
            path, -1, "the image cannot be read (" + e.getMessage() + "); replace or remove it");
      } finally {
        reader.dispose();
      }
    }
  }

  private static byte[] planes(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    int area = height * width;
    byte[] planes = new byte[3 * area];
    int[] line = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, line, 0, width);
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        planes[at] = (byte) (line[x] >> 16);
        planes[area + at] = (byte) (line[x] >> 8);
        planes[2 * area + at] = (byte) line[x];
      }
    }
    return planes;
  }
}
