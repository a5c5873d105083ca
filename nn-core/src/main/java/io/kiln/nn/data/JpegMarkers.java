package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import java.nio.charset.StandardCharsets;

/**
 * What stands around the pixels of a JPEG file.
 *
 * @param colours what its components mean, by libjpeg's rules
 * @param orientation of EXIF, 1 if there is none
 */
record JpegMarkers(Colours colours, int orientation) {
  /** What the components of a pixel mean. */
  enum Colours {
    GREY,
    YCC,
    RGB,
    CMYK,
    YCCK
  }

  /**
   * Walks over a whole file, to its end.
   *
   * @throws FormatException if it is cut off, or of two components
   */
  static JpegMarkers of(String path, byte[] file) throws FormatException {
    return new Walk(path, file).run();
  }

  private static final class Walk {
    private final String path;
    private final byte[] file;
    private int at = 2;
    private boolean jfif;
    private int adobe = -1;
    private int components;
    private int ids;
    private int orientation;

    Walk(String path, byte[] file) {
      this.path = path;
      this.file = file;
    }

    JpegMarkers run() throws FormatException {
      for (int marker = next(); marker != 0xd9; marker = next()) {
        boolean alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
        if (!alone) {
          int length = octet(at) << 8 | octet(at + 1);
          if (at + length > file.length) {
            throw cut();
          }
          segment(marker, at + 2, at + length);
          at += Math.max(2, length);
        }
      }
      return new JpegMarkers(colours(), Math.max(1, orientation));
    }

    /** Passes over pixels, and over what is no marker. */
    private int next() throws FormatException {
      while (true) {
        while (octet(at) != 0xff) {
          at++;
        }
        while (octet(at) == 0xff) {
          at++;
        }
        int marker = octet(at++);
        if (marker != 0 && (marker < 0xd0 || marker > 0xd7)) {
          return marker;
        }
      }
    }

    private int octet(int index) throws FormatException {
      if (index >= file.length) {
        throw cut();
      }
      return file[index] & 0xff;
    }

    private FormatException cut() {
      return new FormatException(
          path,
          file.length,
          "the file ends in the midst of the image; it is truncated, fetch it again or remove it");
    }

    private void segment(int marker, int from, int to) throws FormatException {
      boolean table = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;
      if (marker >= 0xc0 && marker <= 0xcf && !table && components == 0) {
        components = octet(from + 5);
        for (int i = 0; i < Math.min(3, components); i++) {
          ids = ids << 8 | octet(from + 6 + 3 * i);
        }
      } else if (marker == 0xe0 && begins(from, to, "JFIF\0")) {
        jfif = true;
      } else if (marker == 0xe1 && orientation == 0 && begins(from, to, "Exif\0\0")) {
        orientation = Exif.orientation(file, from + 6, to);
      } else if (marker == 0xee && begins(from, to, "Adobe") && to - from >= 12) {
        adobe = octet(from + 11);
      }
    }

    private boolean begins(int from, int to, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      return java.util.Arrays.equals(
          file, from, Math.min(to, from + bytes.length), bytes, 0, bytes.length);
    }

    private Colours colours() throws FormatException {
      boolean rgb = adobe >= 0 ? adobe == 0 : ids == 0x524742; // the letters R, G, B
      return switch (components) {
        case 1 -> Colours.GREY;
        case 3 -> !jfif && rgb ? Colours.RGB : Colours.YCC;
        case 4 -> adobe > 0 ? Colours.YCCK : Colours.CMYK;
        default ->
            throw new FormatException(
                path,
                -1,
                "the JPEG image has "
                    + components
                    + " components but 1, 3 or 4 can be read; convert it to RGB or remove it");
      };
    }
  }
}
