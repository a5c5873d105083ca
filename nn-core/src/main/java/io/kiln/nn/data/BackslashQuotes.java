package io.kiln.nn.data;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/**
 * Rewrites cells as Spark writes them, quotes and backslashes escaped with a backslash inside of
 * quotes, to those of RFC 4180, where a quote is doubled. Other backslashes stay as they are.
 */
final class BackslashQuotes extends FilterReader {
  private enum Place {
    START,
    BARE,
    QUOTED,
    AFTER
  }

  private final char delimiter;
  private Place place = Place.START;
  private int next = -1;

  /** A file that is read with that delimiter; the reader should be buffered. */
  BackslashQuotes(Reader in, char delimiter) {
    super(in);
    this.delimiter = delimiter;
  }

  @Override
  public int read() throws IOException {
    if (next >= 0) {
      int c = next;
      next = -1;
      return c;
    }
    int c = in.read();
    if (place == Place.QUOTED && c == '\\') {
      int escaped = in.read();
      if (escaped == '\\') {
        return '\\';
      }
      if (escaped == '"') {
        next = '"';
        return '"';
      }
      next = escaped;
      return '\\';
    }
    if (place == Place.QUOTED) {
      place = c == '"' ? Place.AFTER : Place.QUOTED;
    } else if (c == delimiter || c == '\n' || c == '\r') {
      place = Place.START;
    } else if (c == '"' && place != Place.BARE) {
      place = Place.QUOTED;
    } else if (place == Place.START && c != ' ') {
      place = Place.BARE;
    }
    return c;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    for (int i = 0; i < length; i++) {
      int c = read();
      if (c < 0) {
        return i == 0 ? -1 : i;
      }
      buffer[offset + i] = (char) c;
    }
    return length;
  }
}
