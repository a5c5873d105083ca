package io.kiln.nn.io;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How a safetensors file writes one number; the names are those in the file. */
public enum ElementType {
  /** IEEE double. */
  F64(8),
  /** IEEE single. */
  F32(4),
  /** IEEE half. */
  F16(2),
  /** The upper half of an IEEE single. */
  BF16(2),
  /** Signed 64-bit. */
  I64(8),
  /** Signed 32-bit. */
  I32(4),
  /** Signed 16-bit. */
  I16(2),
  /** Signed 8-bit. */
  I8(1),
  /** Unsigned 64-bit. */
  U64(8),
  /** Unsigned 32-bit. */
  U32(4),
  /** Unsigned 16-bit. */
  U16(2),
  /** Unsigned 8-bit. */
  U8(1),
  /** 0 or 1. */
  BOOL(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** The narrowest width that holds these numbers exactly (64-bit integers up to 2⁵³). */
  public DType width() {
    return switch (this) {
      case F64, I64, U64, I32, U32 -> DType.FLOAT64;
      default -> DType.FLOAT32;
    };
  }

  /** The type a tensor of that width is written in. */
  static ElementType of(DType dtype) {
    return dtype == DType.FLOAT32 ? F32 : F64;
  }

  /** All names, for messages. */
  static String names() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }

  /** Reads count numbers from a little-endian buffer into a tensor, from its element {@code at}. */
  void decode(ByteBuffer in, Tensor out, int at, int count) {
    if (this == F32 && out.dtype() == DType.FLOAT32) {
      in.asFloatBuffer().get(out.floats(), out.offset() + at, count);
      in.position(in.position() + count * bytes);
      return;
    }
    if (this == F64 && out.dtype() == DType.FLOAT64) {
      in.asDoubleBuffer().get(out.doubles(), out.offset() + at, count);
      in.position(in.position() + count * bytes);
      return;
    }
    for (int i = 0; i < count; i++) {
      out.set(at + i, next(in));
    }
  }

  private double next(ByteBuffer in) {
    return switch (this) {
      case F64 -> in.getDouble();
      case F32 -> in.getFloat();
      case F16 -> half(in.getShort());
      case BF16 -> Float.intBitsToFloat(in.getShort() << 16);
      case I64 -> in.getLong();
      case I32 -> in.getInt();
      case I16 -> in.getShort();
      case I8 -> in.get();
      case U64 -> unsigned(in.getLong());
      case U32 -> in.getInt() & 0xffffffffL;
      case U16 -> in.getShort() & 0xffff;
      case U8, BOOL -> in.get() & 0xff;
    };
  }

  private static double unsigned(long bits) {
    return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
  }

  /** IEEE 754 half precision: 1 sign bit, 5 exponent bits, 10 fraction bits. */
  static float half(short bits) {
    int exponent = bits >>> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float size;
    if (exponent == 0) {
      size = fraction * 0x1.0p-24f;
    } else if (exponent == 0x1f) {
      size = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      size = Float.intBitsToFloat((exponent + 112) << 23 | fraction << 13);
    }
    return bits < 0 ? -size : size;
  }
}
