package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.tensor.DType;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The numbers that images are read as. Those of grey, palettes, CMYK and YCCK are what PIL 9.4
 * gives for the same files by {@code convert("RGB")}.
 */
class ImageNumbersTest {
  private static final int SIDE = 16;

  @TempDir Path folder;

  /** Red, green, blue of the pixel in the middle, of one file. */
  private List<Integer> rgb(byte[] file, String name) throws IOException {
    Files.write(folder.resolve(name), file);
    int[] pixel = new int[3];
    double[] all = pixels(name, Map.of()).toArray();
    for (int c = 0; c < 3; c++) {
      pixel[c] = (int) Math.rint(all[c * SIDE * SIDE + 8 * SIDE + 8] * 255);
    }
    return List.of(pixel[0], pixel[1], pixel[2]);
  }

  private io.kiln.nn.tensor.Tensor pixels(String name, Map<String, Object> more)
      throws IOException {
    Map<String, Object> settings = new HashMap<>(more);
    settings.putAll(Map.of("format", "images", "normalize", false, "resize", 0, "crop", SIDE));
    Samples read =
        DataSources.samples(
            Settings.of("data", settings), new LocalStorage(), folder.resolve(name).toString());
    Batch batch = Batch.of(read.data().spec(), 1, DType.FLOAT64);
    read.data().read(0, batch, 0);
    return batch.input(0);
  }

  private static byte[] written(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, out)).isTrue();
    return out.toByteArray();
  }

  /** An image whose every sample is that number; nothing is converted. */
  private static BufferedImage filled(BufferedImage image, int... samples) {
    WritableRaster raster = image.getRaster();
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        raster.setPixel(x, y, samples);
      }
    }
    return image;
  }

  private static BufferedImage image(int type) {
    return new BufferedImage(SIDE, SIDE, type);
  }

  private static BufferedImage components(ColorSpace space, boolean alpha, int type) {
    ComponentColorModel model = new ComponentColorModel(space, alpha, false, alpha ? 3 : 1, type);
    return new BufferedImage(model, model.createCompatibleWritableRaster(SIDE, SIDE), false, null);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "55", "128", "188", "254", "255"})
  void greyStaysAsItStandsInTheFile(int grey) throws IOException {
    List<Integer> expected = List.of(grey, grey, grey);
    BufferedImage bytes = filled(image(BufferedImage.TYPE_BYTE_GRAY), grey);
    assertThat(rgb(written(bytes, "png"), "8.png")).isEqualTo(expected);
    assertThat(rgb(written(bytes, "bmp"), "8.bmp")).isEqualTo(expected);
    assertThat(rgb(written(bytes, "jpg"), "8.jpg")).isEqualTo(expected);
    BufferedImage shorts = filled(image(BufferedImage.TYPE_USHORT_GRAY), grey * 256 + 200);
    assertThat(rgb(written(shorts, "png"), "16.png")).isEqualTo(expected);
    ColorSpace space = ColorSpace.getInstance(ColorSpace.CS_GRAY);
    BufferedImage alpha = filled(components(space, true, DataBuffer.TYPE_BYTE), grey, 77);
    assertThat(rgb(written(alpha, "png"), "a8.png")).isEqualTo(expected);
    BufferedImage alphas =
        filled(components(space, true, DataBuffer.TYPE_USHORT), grey * 256 + 3, 30000);
    assertThat(rgb(written(alphas, "png"), "a16.png")).isEqualTo(expected);
  }

  @Test
  void fewBitsAreSpreadOverAllLevels() throws IOException {
    BufferedImage bit = filled(image(BufferedImage.TYPE_BYTE_BINARY), 1);
    assertThat(rgb(written(bit, "png"), "1.png")).containsOnly(255);
    assertThat(rgb(written(bit, "bmp"), "1.bmp")).containsOnly(255);
    byte[] greys = {0, (byte) 85, (byte) 170, (byte) 255};
    IndexColorModel two = new IndexColorModel(2, 4, greys, greys, greys);
    BufferedImage image =
        filled(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_BINARY, two), 2);
    assertThat(rgb(written(image, "png"), "2.png")).containsOnly(170);
  }

  @Test
  void palettesAndColoursAreTakenAsTheyAreAndAlphaIsLeftOut() throws IOException {
    byte[] red = {1, 10, (byte) 200};
    byte[] green = {2, 20, (byte) 128};
    byte[] blue = {3, 30, 60};
    byte[] alpha = {0, 99, 5};
    IndexColorModel palette = new IndexColorModel(8, 3, red, green, blue, alpha);
    BufferedImage indexed =
        filled(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_INDEXED, palette), 2);
    assertThat(rgb(written(indexed, "png"), "p.png")).containsExactly(200, 128, 60);
    BufferedImage rgba = filled(image(BufferedImage.TYPE_4BYTE_ABGR), 200, 128, 60, 5);
    assertThat(rgb(written(rgba, "png"), "rgba.png")).containsExactly(200, 128, 60);
    BufferedImage bgr = filled(image(BufferedImage.TYPE_3BYTE_BGR), 200, 128, 60);
    assertThat(rgb(written(bgr, "bmp"), "rgb.bmp")).containsExactly(200, 128, 60);
    BufferedImage five = filled(image(BufferedImage.TYPE_USHORT_565_RGB), 16, 32, 8);
    assertThat(rgb(written(five, "bmp"), "565.bmp")).containsExactly(131, 129, 65);
  }

  /** A JPEG of four components as they are, with or without Adobe's marker. */
  private static byte[] fourComponents(int adobe, int... samples) throws IOException {
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, SIDE, SIDE, 4, null);
    for (int i = 0; i < SIDE * SIDE; i++) {
      raster.setPixel(i % SIDE, i / SIDE, samples);
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(new IIOImage(raster, null, null));
    }
    writer.dispose();
    byte[] file = out.toByteArray();
    return adobe < 0
        ? file
        : segment(file, 0xee, "Adobe\0d\0\0\0\0" + (char) adobe); // version, two flags, transform
  }

  /** A JPEG with one more segment at its beginning. */
  private static byte[] segment(byte[] file, int marker, String text) {
    byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, 2);
    out.write(0xff);
    out.write(marker);
    out.write((content.length + 2) >> 8);
    out.write(content.length + 2);
    out.writeBytes(content);
    out.write(file, 2, file.length - 2);
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 200, 100, 50, 255, 200, 100, 50",
    "0, 200, 100, 50, 128, 100, 50, 25",
    "0, 255, 255, 255, 200, 200, 200, 200",
    "2, 100, 128, 128, 255, 155, 155, 155",
    "2, 100, 90, 180, 128, 41, 90, 111"
  })
  void inksAreReadAsPilReadsThem(
      int adobe, int a, int b, int c, int d, int red, int green, int blue) throws IOException {
    assertThat(rgb(fourComponents(adobe, a, b, c, d), "ink.jpg")).containsExactly(red, green, blue);
  }

  @Test
  void componentsWithoutAMarkerAreLuminanceAndDifferences() throws IOException {
    BufferedImage image = filled(image(BufferedImage.TYPE_3BYTE_BGR), 200, 128, 60);
    byte[] file = written(image, "jpg");
    List<Integer> usual = rgb(file, "usual.jpg");
    int length = (file[4] & 0xff) << 8 | (file[5] & 0xff); // of JFIF's segment, the first
    byte[] bare = new byte[file.length - 2 - length];
    bare[0] = file[0];
    bare[1] = file[1];
    System.arraycopy(file, 4 + length, bare, 2, bare.length - 2);
    assertThat(rgb(bare, "bare.jpg")).isEqualTo(usual);
    for (int i = 0; i < bare.length - 18; i++) {
      if ((bare[i] & 0xff) == 0xff && (bare[i + 1] & 0xff) == 0xc0) {
        for (int k = 0; k < 3; k++) {
          bare[i + 10 + 3 * k]--; // components 0, 1, 2: Java itself takes them for RGB
        }
      }
      if ((bare[i] & 0xff) == 0xff && (bare[i + 1] & 0xff) == 0xda) {
        for (int k = 0; k < 3; k++) {
          bare[i + 5 + 2 * k]--;
        }
      }
    }
    assertThat(rgb(bare, "numbered.jpg")).isEqualTo(usual);
  }

  private static String exif(int orientation) {
    return "MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0" + (char) orientation + "\0\0\0\0\0\0";
  }

  @Test
  void imagesAreTurnedUprightUnlessToldNotTo() throws IOException {
    BufferedImage image = image(BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < SIDE; x++) {
        image.getRaster().setPixel(x, y, new int[] {250, 250, 250}); // light above, dark below
      }
    }
    byte[] jpeg = segment(written(image, "jpg"), 0xe1, "Exif\0\0" + exif(6));
    byte[] png = written(image, "png");
    byte[] block = exif(6).getBytes(StandardCharsets.ISO_8859_1);
    for (Map.Entry<String, byte[]> one :
        Map.of("a.jpg", jpeg, "a.png", chunk(png, "eXIf", block)).entrySet()) {
      Files.write(folder.resolve(one.getKey()), one.getValue());
      double[] turned = pixels(one.getKey(), Map.of()).toArray();
      assertThat(turned[5 * SIDE + 2]).as(one.getKey()).isLessThan(0.2);
      assertThat(turned[5 * SIDE + 13]).isGreaterThan(0.8);
      double[] lying = pixels(one.getKey(), Map.of("orientation", "ignore")).toArray();
      assertThat(lying[2 * SIDE + 5]).isGreaterThan(0.8);
      assertThat(lying[13 * SIDE + 5]).isLessThan(0.2);
    }
  }

  /** A PNG with one more chunk before its first. */
  private static byte[] chunk(byte[] png, String type, byte[] content) {
    int at = 33; // signature and IHDR
    java.nio.ByteBuffer out = java.nio.ByteBuffer.allocate(png.length + 12 + content.length);
    byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(content);
    out.put(png, 0, at).putInt(content.length).put(name).put(content).putInt((int) sum.getValue());
    return out.put(png, at, png.length - at).array();
  }

  @Test
  void eachOrientationIsTurnedItsOwnWay() {
    byte[] letters = {'a', 'b', 'c', 'd', 'e', 'f'}; // abc over def
    byte[] planes = new byte[18];
    for (int c = 0; c < 3; c++) {
      System.arraycopy(letters, 0, planes, 6 * c, 6);
    }
    RgbPlanes lying = new RgbPlanes(2, 3, planes);
    List<String> upright =
        List.of("abcdef", "cbafed", "fedcba", "defabc", "adbecf", "daebfc", "fcebda", "cfbead");
    for (int orientation = 1; orientation <= 8; orientation++) {
      RgbPlanes turned = lying.turned(orientation);
      String text = new String(turned.planes(), 6, 6, StandardCharsets.ISO_8859_1);
      assertThat(text).as("orientation %s", orientation).isEqualTo(upright.get(orientation - 1));
      assertThat(turned.width()).isEqualTo(orientation < 5 ? 3 : 2);
      assertThat(turned.height()).isEqualTo(orientation < 5 ? 2 : 3);
    }
  }

  @ParameterizedTest
  @CsvSource({"jpg, 0.5", "jpg, 0.9", "jpg, 0.99", "png, 0.5", "png, 0.8"})
  void anImageThatIsCutIsRefusedWithPathAndByte(String format, double share) throws IOException {
    BufferedImage image = image(BufferedImage.TYPE_3BYTE_BGR);
    java.util.Random noise = new java.util.Random(1);
    for (int i = 0; i < SIDE * SIDE; i++) {
      image.setRGB(i % SIDE, i / SIDE, noise.nextInt());
    }
    byte[] whole = written(image, format);
    byte[] cut = Arrays.copyOf(whole, (int) (whole.length * share));
    assertThatThrownBy(() -> rgb(cut, "cut." + format))
        .isInstanceOf(FormatException.class)
        .hasMessageEndingWith(
            "cut."
                + format
                + " at byte "
                + cut.length
                + ": the file ends in the midst of the image; it is truncated, fetch it again or"
                + " remove it");
    if (format.equals("png")) {
      whole[whole.length / 2] ^= 1;
      assertThatThrownBy(() -> rgb(whole, "flipped.png"))
          .hasMessageContaining("flipped.png at byte 33: the check sum of IDAT is wrong");
    }
  }

  @Test
  void whatIsNamedAnImageButIsAnotherIsSaid() {
    byte[] webp = "RIFF\0\0\0\0WEBPVP8 ".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> rgb(webp, "photo.jpg"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("photo.jpg at byte 0: it is a WebP image but a JPEG, PNG or BMP");
  }

  @Test
  void namesAreOrderedAsPeopleCount() {
    List<String> names =
        new java.util.ArrayList<>(
            List.of("10.jpg", "2.jpg", "1.jpg", "b.jpg", "a10b2", "a10b10", "a9", "02.jpg"));
    names.sort(new NaturalOrder());
    assertThat(names)
        .containsExactly("1.jpg", "02.jpg", "2.jpg", "10.jpg", "a9", "a10b2", "a10b10", "b.jpg");
  }
}
