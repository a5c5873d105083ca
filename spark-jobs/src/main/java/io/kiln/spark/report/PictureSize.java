package io.kiln.spark.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Width, height and channels of a picture in a file's bytes. */
final class PictureSize {
  private PictureSize() {}

  /** {width, height, channels}; null if it is no picture. */
  static int @Nullable [] of(byte[] bytes) {
    try {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
      if (image == null) {
        return null;
      }
      int channels = image.getColorModel().getNumComponents();
      return new int[] {image.getWidth(), image.getHeight(), channels};
    } catch (IOException e) {
      return null; // it begins like one
    }
  }
}
