package io.kiln.nn.io;

import java.io.IOException;

/** A file whose bytes are not what its format says. */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final long offset;

  /**
   * An error at a byte of a file.
   *
   * @param path the file
   * @param offset byte offset of the trouble, or -1 if it concerns the whole file
   * @param message what came, what was needed, what to do
   */
  public FormatException(String path, long offset, String message) {
    super(path + (offset < 0 ? "" : " at byte " + offset) + ": " + message);
    this.path = path;
    this.offset = offset;
  }

  /** The file. */
  public String path() {
    return path;
  }

  /** Byte offset of the trouble, or -1. */
  public long offset() {
    return offset;
  }
}
