package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Storage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
 * @param height of the centre that is cut out
 * @param width of the centre that is cut out
 * @param upright whether images are turned as their EXIF orientation says
 */
public record ImageFiles(int resize, int height, int width, boolean upright) {
  private static final List<String> SUFFIXES = List.of(".jpg", ".jpeg", ".png", ".bmp");

  /** More pixels than this in one file are refused before they are unpacked. */
  private static final long MOST_PIXELS = 100_000_000;

  private static final int MOST_BYTES = 1 << 29;

  /**
   * As the keys {@code resize}, {@code crop} and {@code orientation} of a section say.
   *
   * @throws ConfigException if a value is wrong
   */
  public static ImageFiles of(Settings data) {
    List<Integer> sides = sides(data);
    int height = sides.get(0);
    int width = sides.get(1);
    int resize = data.atLeast(0, "resize", Math.max(256, Math.max(height, width)));
    boolean upright = data.choice("orientation", "exif", "exif", "ignore").equals("exif");
    return new ImageFiles(resize, height, width, upright);
  }

  /** Height and width: a side of a square, or both. */
  private static List<Integer> sides(Settings data) {
    if (!(data.raw("crop") instanceof List<?>)) {
      int side = data.atLeast(1, "crop", 224);
      return List.of(side, side);
    }
    List<Integer> sides = data.integers("crop", List.of());
    if (sides.size() != 2 || sides.get(0) < 1 || sides.get(1) < 1) {
      throw new ConfigException(
          data.path("crop") + ": " + sides + " came but a side or [height, width] is needed");
    }
    return sides;
  }

  /**
   * What was seen of a file beside its pixels.
   *
   * @param path of it
   * @param turned whether it was turned upright
   * @param damage what its reader warned of, or empty
   */
  record Seen(String path, boolean turned, String damage) {}

  private record Decoded(RgbPlanes planes, int orientation, String damage) {}

  /**
   * Whether a file's name is that of an image; a GIF is not, it is used as a placeholder, and what
   * begins with a dot is something a system left.
   */
  static boolean named(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && SUFFIXES.stream().anyMatch(lower::endsWith);
  }

  /**
   * Reads one file into 3 · height · width bytes of an array.
   *
   * @throws FormatException if it is not an image, is too big, or smaller than the crop
   */
  Seen read(Storage storage, String path, byte[] pixels, int offset) throws IOException {
    try (InputStream in = storage.open(path)) {
      return read(path, in.readNBytes(MOST_BYTES), pixels, offset);
    }
  }

  /**
   * Reads the bytes of a file into 3 · height · width bytes.
   *
   * @throws FormatException likewise
   */
  public byte[] decoded(String path, byte[] file) throws FormatException {
    byte[] pixels = new byte[Math.multiplyExact(3, Math.multiplyExact(height, width))];
    read(path, file, pixels, 0);
    return pixels;
  }

  /**
   * Decodes a JPEG, PNG or BMP file as a whole, of any shape, turned upright as its EXIF
   * orientation says.
   *
   * @param path what to call it in errors
   * @throws FormatException if it is not an image, or is too big
   */
  public static RgbPlanes whole(String path, byte[] file) throws FormatException {
    Decoded decoded = decode(path, file);
    return decoded.orientation > 1 ? decoded.planes.turned(decoded.orientation) : decoded.planes;
  }

  private Seen read(String path, byte[] file, byte[] pixels, int offset) throws FormatException {
    Decoded decoded = decode(path, file);
    boolean turned = upright && decoded.orientation > 1;
    RgbPlanes image = turned ? decoded.planes.turned(decoded.orientation) : decoded.planes;
    int high = image.height();
    int wide = image.width();
    byte[] planes = image.planes();
    if (resize > 0) {
      int side = Math.min(high, wide);
      int newHigh = high == side ? resize : (int) ((long) resize * high / side);
      int newWide = wide == side ? resize : (int) ((long) resize * wide / side);
      planes = Resampling.resize(planes, 3, high, wide, newHigh, newWide);
      high = newHigh;
      wide = newWide;
    }
    if (high < height || wide < width) {
      throw new FormatException(
          path,
          -1,
          "the image is "
              + wide
              + "x"
              + high
              + " but "
              + width
              + "x"
              + height
              + " is to be cut out; set data.resize to "
              + Math.max(height, width)
              + " or more");
    }
    int top = (int) Math.rint((high - height) / 2.0);
    int left = (int) Math.rint((wide - width) / 2.0);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        int from = (c * high + top + y) * wide + left;
        System.arraycopy(planes, from, pixels, offset + (c * height + y) * width, width);
      }
    }
    return new Seen(path, turned, decoded.damage);
  }

  /**
   * A whole image, turned upright as its EXIF orientation says.
   *
   * @throws FormatException if it is not one, or too big
   */
  static RgbPlanes upright(String path, byte[] file) throws FormatException {
    Decoded decoded = decode(path, file);
    return decoded.planes.turned(decoded.orientation);
  }

  private static Decoded decode(String path, byte[] file) throws FormatException {
    if (begins(file, "\u00ff\u00d8")) {
      JpegMarkers markers = JpegMarkers.of(path, file);
      List<String> damage = new ArrayList<>();
      return new Decoded(
          read(
              path,
              "jpeg",
              file,
              reader -> {
                reader.addIIOReadWarningListener((source, warning) -> damage.add(warning));
                return RgbPlanes.of(reader.readRaster(0, null), markers.colours());
              }),
          markers.orientation(),
          damage.isEmpty() ? "" : damage.get(0));
    }
    boolean png = begins(file, "\u0089PNG\r\n\u001a\n");
    if (!png && !begins(file, "BM") && !begins(file, "GIF8")) {
      throw new FormatException(path, 0, "it is " + kind(file) + "; remove it");
    }
    int orientation = png ? PngChunks.orientation(path, file) : 1;
    String format = png ? "png" : file[0] == 'B' ? "bmp" : "gif";
    RgbPlanes planes = read(path, format, file, reader -> RgbPlanes.of(reader.read(0)));
    return new Decoded(planes, orientation, "");
  }

  private static String kind(byte[] file) {
    if (begins(file, "RIFF") && file.length > 12 && file[8] == 'W' && file[9] == 'E') {
      return "a WebP image but a JPEG, PNG or BMP image is needed; convert it";
    }
    if (begins(file, "II*\0") || begins(file, "MM\0*")) {
      return "a TIFF image but a JPEG, PNG or BMP image is needed; convert it";
    }
    return "not a JPEG, PNG or BMP image";
  }

  private static boolean begins(byte[] file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return file.length >= bytes.length
        && java.util.Arrays.equals(file, 0, bytes.length, bytes, 0, bytes.length);
  }

  /** What is taken from a file once its reader is open. */
  private interface Taking {
    RgbPlanes take(ImageReader reader) throws IOException;
  }

  private static RgbPlanes read(String path, String format, byte[] file, Taking taking)
      throws FormatException {
    ImageReader reader = reader(format);
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      long count = (long) reader.getWidth(0) * reader.getHeight(0);
      if (count > MOST_PIXELS) {
        throw new FormatException(
            path, -1, count + " pixels are declared; " + MOST_PIXELS + " is the most");
      }
      return taking.take(reader);
    } catch (FormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new FormatException(
          path, -1, "the image cannot be read (" + why + "); replace or remove it");
    } finally {
      reader.dispose();
    }
  }

  /** Java's own reader: another on the class path may see other numbers. */
  private static ImageReader reader(String format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (ImageIO.class.getModule().equals(reader.getClass().getModule())) {
        return reader;
      }
      reader.dispose();
    }
    throw new IllegalStateException("images: this Java has no reader for " + format);
  }
}
