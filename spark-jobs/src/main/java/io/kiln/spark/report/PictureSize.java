package io.kiln.spark.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Width, height and channels of a picture in a file's bytes. */
final class PictureSize {
  private PictureSize() {}

  /**
   * {width, height, channels}.
   *
   * @throws IllegalArgumentException if it is no picture
   */
  static int[] of(byte[] bytes) {
    try {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
      if (image == null) {
        throw new IllegalArgumentException("picture: its bytes are neither PNG nor JPEG");
      }
      int channels = image.getColorModel().getNumComponents();
      return new int[] {image.getWidth(), image.getHeight(), channels};
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory throws none
    }
  }
}
