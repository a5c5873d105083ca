package io.kiln.spark.fit;

import java.util.Arrays;

/** A piece of a file of weights among the messages of workers, which are JSON. */
final class WeightsPiece {
  /** No JSON begins with it. */
  private static final byte MARK = 0;

  private WeightsPiece() {}

  static byte[] of(byte[] piece) {
    byte[] message = new byte[piece.length + 1];
    message[0] = MARK;
    System.arraycopy(piece, 0, message, 1, piece.length);
    return message;
  }

  static boolean is(byte[] message) {
    return message.length > 0 && message[0] == MARK;
  }

  static byte[] piece(byte[] message) {
    return Arrays.copyOfRange(message, 1, message.length);
  }
}
