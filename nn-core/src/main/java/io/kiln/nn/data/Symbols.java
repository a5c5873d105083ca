package io.kiln.nn.data;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * A long row of whole numbers from 0, in as many bytes each as the greatest needs: 1, 2 or 4.
 * Immutable.
 */
final class Symbols {
  private final int count;
  private final byte[] bytes;
  private final char[] chars;
  private final int[] ints;

  private Symbols(int count, byte[] bytes, char[] chars, int[] ints) {
    this.count = count;
    this.bytes = bytes;
    this.chars = chars;
    this.ints = ints;
  }

  /**
   * Numbers by their places.
   *
   * @param most none is greater
   */
  static Symbols of(int count, int most, IntUnaryOperator number) {
    Builder builder = new Builder(count, most);
    for (int i = 0; i < count; i++) {
      builder.add(number.applyAsInt(i));
    }
    return builder.build();
  }

  int size() {
    return count;
  }

  int get(int i) {
    if (bytes.length > 0) {
      return bytes[i] & 0xff;
    }
    return chars.length > 0 ? chars[i] : ints[i];
  }

  /** Bytes of a number. */
  int width() {
    return bytes.length > 0 ? 1 : chars.length > 0 ? Character.BYTES : Integer.BYTES;
  }

  /** Takes numbers one after another, and widens its room when it must. */
  static final class Builder {
    private static final int[] NONE = {};

    private byte[] bytes = {};
    private char[] chars = {};
    private int[] ints = NONE;
    private int count;

    Builder() {
      this(1 << 12, 0);
    }

    private Builder(int room, int most) {
      widen(Math.max(1, room), most);
    }

    void add(int number) {
      int length = bytes.length + chars.length + ints.length;
      boolean narrow =
          (bytes.length > 0 && number > 0xff) || (chars.length > 0 && number > Character.MAX_VALUE);
      if (narrow) {
        widen(length, number);
      }
      if (count == length) {
        int more = (int) Math.min(Integer.MAX_VALUE - 8, length * 2L);
        bytes = Arrays.copyOf(bytes, bytes.length > 0 ? more : 0);
        chars = Arrays.copyOf(chars, chars.length > 0 ? more : 0);
        ints = Arrays.copyOf(ints, ints.length > 0 ? more : 0);
      }
      if (bytes.length > 0) {
        bytes[count++] = (byte) number;
      } else if (chars.length > 0) {
        chars[count++] = (char) number;
      } else {
        ints[count++] = number;
      }
    }

    private void widen(int length, int most) {
      Symbols old = build();
      bytes = most <= 0xff ? new byte[length] : new byte[0];
      chars = most > 0xff && most <= Character.MAX_VALUE ? new char[length] : new char[0];
      ints = most > Character.MAX_VALUE ? new int[length] : NONE;
      for (int i = 0; i < count; i++) {
        int number = old.get(i);
        if (chars.length > 0) {
          chars[i] = (char) number;
        } else {
          ints[i] = number;
        }
      }
    }

    int size() {
      return count;
    }

    Symbols build() {
      return new Symbols(count, bytes, chars, ints);
    }
  }
}
