package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.LocalStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  @TempDir Path folder;

  @Test
  void readsPlainAndPackedFiles() throws IOException {
    byte[] pixels = new byte[5 * 6];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (200 + i);
    }
    for (boolean packed : new boolean[] {false, true}) {
      Images images = read(packed, imageBytes(5, 2, 3, pixels), labelBytes(5, 1, 2, 3, 4, 9));
      assertThat(images.size()).isEqualTo(5);
      assertThat(images.shape().sizes()).containsExactly(1, 2, 3);
      assertThat(images.label(4)).isEqualTo(9);
      assertThat(images.pixel(1, 0, 1, 2)).isEqualTo(211);
    }
  }

  @Test
  void truncatedFilesAreRefusedWithTheOffset() {
    byte[] images = imageBytes(2, 2, 2, new byte[8]);
    byte[] labels = labelBytes(2, 1, 2);
    wrong(Arrays.copyOf(images, 20), labels, 16, "2 images of 2x2 needs 8 bytes but 4 are left");
    wrong(Arrays.copyOf(images, 9), labels, 9, "the file ends but the row count needs 3 more");
    wrong(new byte[0], labels, 0, "the file ends but the magic number");
    wrong(images, Arrays.copyOf(labels, 9), 8, "2 labels needs 2 bytes but 1 are left");
  }

  @Test
  void extendedFilesAreRefused() {
    byte[] images = imageBytes(2, 2, 2, new byte[9]);
    wrong(images, labelBytes(2, 1, 2), 24, "bytes follow after the end that its header declares");
  }

  /** The last ones would be of one class, which the rest then does not have. */
  @Test
  void theLastImagesOfSortedFilesAreNotHeldBack() throws IOException {
    int[] mixed = new int[40];
    int[] sorted = new int[40];
    for (int i = 0; i < 40; i++) {
      mixed[i] = i % 4;
      sorted[i] = i / 10;
    }
    for (int[] labels : new int[][] {mixed, sorted}) {
      for (String part : new String[] {"train", "t10k"}) {
        Files.write(
            folder.resolve(part + "-images-idx3-ubyte"), imageBytes(40, 2, 2, new byte[160]));
        Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labelBytes(40, labels));
      }
      assertThat(load(0).train().size()).isEqualTo(40);
      if (labels == mixed) {
        assertThat(load(8).validation().size()).isEqualTo(8);
      } else {
        assertThatThrownBy(() -> load(8))
            .isInstanceOf(ConfigException.class)
            .hasMessageStartingWith("data.validation: 8 came, which are the last of the training");
      }
    }
  }

  private Splits load(int validation) throws IOException {
    Map<String, Object> data =
        Map.of("format", "mnist", "path", folder.toString(), "validation", validation);
    return DataSources.load(Settings.of("data", data), new LocalStorage(), "");
  }

  @Test
  void swappedFilesAreNamed() {
    wrong(
        labelBytes(2, 1, 2),
        imageBytes(2, 2, 2, new byte[8]),
        0,
        "magic number 2049 (this is a file of labels) came but IDX images begin with 2051");
  }

  @Test
  void labelsMustBeInRangeAndAsManyAsImages() {
    byte[] images = imageBytes(2, 2, 2, new byte[8]);
    wrong(images, labelBytes(2, 3, 10), 9, "label 10 came but labels are 0 to 9");
    wrong(images, labelBytes(3, 1, 1, 1), 4, "3 labels came but there are 2 images");
  }

  @Test
  void hugeDeclaredSizesAskForNoMemory() throws IOException {
    byte[] images = imageBytes(Integer.MAX_VALUE, Integer.MAX_VALUE, 4, new byte[8]);
    byte[] labels = labelBytes(2, 1, 2);
    wrong(images, labels, 4, "are more than can be held");
    wrong(imageBytes(-1, 2, 2, new byte[8]), labels, 4, "image count -1 came");
    wrong(imageBytes(70_000, 100, 100, new byte[8]), labels, 16, "needs 700000000 bytes but 8");
    Files.write(folder.resolve("images"), gzip(imageBytes(70_000, 100, 100, new byte[8])));
    Files.write(folder.resolve("labels"), labels);
    assertThatThrownBy(this::readFiles)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("needs 700000000 bytes but at most");
  }

  @Test
  void bombsAreNotUnpacked() throws IOException {
    byte[] zeros = new byte[50 << 20];
    Files.write(folder.resolve("images"), gzip(imageBytes(2, 2, 2, zeros)));
    Files.write(folder.resolve("labels"), labelBytes(2, 1, 2));
    assertThatThrownBy(this::readFiles)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at byte 24: bytes follow");
  }

  @Test
  void damagedGzipIsRefused() throws IOException {
    byte[] pixels = new byte[4000];
    new java.util.Random(1).nextBytes(pixels);
    byte[] packed = gzip(imageBytes(1000, 2, 2, pixels));
    Files.write(folder.resolve("labels"), labelBytes(1000, new int[1000]));
    for (int at : new int[] {3, 15, 400, packed.length - 6}) {
      byte[] damaged = packed.clone();
      damaged[at] ^= 0x14;
      Files.write(folder.resolve("images"), damaged);
      assertThatThrownBy(this::readFiles).as("byte " + at).isInstanceOf(FormatException.class);
    }
    Files.write(folder.resolve("images"), Arrays.copyOf(packed, packed.length / 2));
    assertThatThrownBy(this::readFiles)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("truncated");
  }

  private void wrong(byte[] images, byte[] labels, long offset, String message) {
    assertThatThrownBy(() -> read(false, images, labels))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((FormatException) e).offset())
        .isEqualTo(offset);
  }

  private Images read(boolean packed, byte[] images, byte[] labels) throws IOException {
    Files.write(folder.resolve("images"), packed ? gzip(images) : images);
    Files.write(folder.resolve("labels"), packed ? gzip(labels) : labels);
    return readFiles();
  }

  private Images readFiles() throws IOException {
    return Idx.read(
        new LocalStorage(),
        folder.resolve("images").toString(),
        folder.resolve("labels").toString(),
        10);
  }

  static byte[] imageBytes(int count, int rows, int columns, byte[] pixels) {
    return ByteBuffer.allocate(16 + pixels.length)
        .putInt(2051)
        .putInt(count)
        .putInt(rows)
        .putInt(columns)
        .put(pixels)
        .array();
  }

  static byte[] labelBytes(int count, int... labels) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + labels.length).putInt(2049).putInt(count);
    for (int label : labels) {
      bytes.put((byte) label);
    }
    return bytes.array();
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
