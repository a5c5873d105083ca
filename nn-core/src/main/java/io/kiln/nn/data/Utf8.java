package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Text files: UTF-8, with or without the byte order mark that spreadsheets write. Bytes that are no
 * UTF-8 are an error, not question marks.
 */
final class Utf8 extends Reader {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final String path;
  private final Reader in;

  private Utf8(String path, InputStream in) {
    this.path = path;
    this.in = new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
  }

  /** The lines of a file, closed with it. */
  static BufferedReader lines(String path, InputStream in) throws IOException {
    BufferedReader lines = new BufferedReader(new Utf8(path, in));
    lines.mark(1);
    if (lines.read() != BYTE_ORDER_MARK) {
      lines.reset();
    }
    return lines;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    try {
      return in.read(buffer, offset, length);
    } catch (CharacterCodingException e) {
      throw new FormatException(path, -1, "it is not UTF-8 text; save it as UTF-8");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
