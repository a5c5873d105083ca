package io.kiln.spark.shards;

import io.kiln.nn.tensor.CounterRng;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a row's content. Order of calls: {@link #begin}, {@code put}… in the model's order of
 * columns, {@link #end}; then the results. One thread's.
 *
 * <p>Two 64-bit hashes (XXH64) of the bytes are of the content alone and make the fingerprint; the
 * key, the shard and the part are hashes of these two and the seed.
 */
final class RowKey {
  private static final long FIRST = 0x4b696c6e31L;
  private static final long SECOND = 0x4b696c6e32L;
  private static final long SITE = 0x6b6579L;

  private final long keySeed;
  private final long shardSeed;
  private final long partSeed;
  private byte[] bytes = new byte[1024];
  private int length;
  private long high;
  private long low;

  RowKey(long seed) {
    CounterRng rng = CounterRng.of(seed, SITE);
    this.keySeed = rng.bits(0);
    this.shardSeed = rng.bits(1);
    this.partSeed = rng.bits(2);
  }

  void begin() {
    length = 0;
  }

  void put(double x) {
    put(Double.doubleToLongBits(x));
  }

  void put(long x) {
    room(Long.BYTES);
    Platform.putLong(bytes, Platform.BYTE_ARRAY_OFFSET + length, x);
    length += Long.BYTES;
  }

  /** A text, or null where there is none. */
  void put(@Nullable UTF8String text) {
    put(text == null ? -1L : text.numBytes());
    if (text != null) {
      room(text.numBytes());
      text.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + length);
      length += text.numBytes();
    }
  }

  private void room(int more) {
    if (more > bytes.length - length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
    }
  }

  void end() {
    high = XXH64.hashUnsafeBytes(bytes, Platform.BYTE_ARRAY_OFFSET, length, FIRST);
    low = XXH64.hashUnsafeBytes(bytes, Platform.BYTE_ARRAY_OFFSET, length, SECOND);
  }

  /** One half of the hash of the content. */
  long high() {
    return high;
  }

  /** The other half. */
  long low() {
    return low;
  }

  /** What rows of a shard are sorted by. */
  long key() {
    return keyed(keySeed);
  }

  /** The row's shard. */
  int shard(int shards) {
    return (int) (((keyed(shardSeed) >>> 32) * shards) >>> 32);
  }

  /** What decides the part; all 64 bits are random. */
  long draw() {
    return keyed(partSeed);
  }

  private long keyed(long seed) {
    return XXH64.hashLong(high, XXH64.hashLong(low, seed));
  }
}
