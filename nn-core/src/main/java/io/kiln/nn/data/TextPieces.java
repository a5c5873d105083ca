package io.kiln.nn.data;

import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/**
 * A text file in pieces of whole lines, with \n at their ends whatever the file has.
 *
 * @param storage where it is
 * @param path of it
 * @param lowercase whether letters are made small
 */
record TextPieces(Storage storage, String path, boolean lowercase) {
  private static final int MOST_CHARS = 1 << 30;
  private static final int PIECE = 1 << 16;

  /** Takes one piece after another. */
  interface Taker {
    void take(String piece) throws IOException;
  }

  void read(Taker taker) throws IOException {
    try (FormatInput in = FormatInput.open(storage, path);
        Reader reader = Utf8.lines(path, in.stream())) {
      StringBuilder rest = new StringBuilder();
      char[] room = new char[PIECE];
      long all = 0;
      for (int n = reader.read(room); n >= 0; n = reader.read(room)) {
        all += n;
        if (all > MOST_CHARS) {
          throw in.wrong(
              MOST_CHARS, "the text is longer than " + MOST_CHARS + " characters; cut it");
        }
        rest.append(room, 0, n);
        int end = rest.lastIndexOf("\n") + 1;
        if (end > 0) {
          take(taker, rest.substring(0, end));
          rest.delete(0, end);
        }
      }
      if (!rest.isEmpty()) {
        take(taker, rest.toString());
      }
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          "data: " + path + " is not there; set KILN_DATA or --data, or correct data.path");
    }
  }

  private void take(Taker taker, String lines) throws IOException {
    String text = lines.replace("\r\n", "\n");
    taker.take(lowercase ? text.toLowerCase(Locale.ROOT) : text);
  }
}
