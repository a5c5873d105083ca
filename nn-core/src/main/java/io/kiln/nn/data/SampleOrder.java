package io.kiln.nn.data;

import io.kiln.nn.tensor.CounterRng;
import org.jspecify.annotations.Nullable;

/**
 * A random order of n samples as a function: {@code at(position)} is the sample at that position.
 *
 * <p>Nothing is shuffled and nothing is stored per sample, so a resumed run needs two integers and
 * a worker can look up the order of a shard it does not own. The same (seed, epoch, shard, n)
 * always give the same order, on every machine.
 *
 * <p>It is a keyed Feistel network over the smallest power of two ≥ n, walked along its cycle until
 * the value is below n (Black, Rogaway: "Ciphers with arbitrary finite domains", CT-RSA 2002). Less
 * than two walks are needed on average. Thread-safe; no call allocates.
 */
public final class SampleOrder {
  private static final int ROUNDS = 10;
  private static final int ROUNDS_OF_FEW = 32;
  private static final int FEW_BITS = 10;
  private static final long MOST = 1L << 62;
  private static final long SITE = 0x6f72646572L;
  private static final long SHARDS_SITE = 0x736861726473L;

  private final long n;
  private final int leftBits;
  private final int rightBits;
  private final long[] keys;

  /** What each round mixes into one half for every value of the other; null for many bits. */
  private final byte @Nullable [] few;

  private SampleOrder(CounterRng rng, long n) {
    this.n = n;
    int bits = Math.max(2, 64 - Long.numberOfLeadingZeros(Math.max(0, n - 1)));
    this.leftBits = bits / 2;
    this.rightBits = bits - leftBits;
    // Few bits a half need more rounds until all orders are equally likely.
    this.keys = new long[bits <= FEW_BITS ? ROUNDS_OF_FEW : ROUNDS];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = rng.bits(i);
    }
    this.few = bits <= FEW_BITS ? rounds() : null;
  }

  private byte[] rounds() {
    byte[] table = new byte[keys.length << rightBits];
    for (int i = 0; i < keys.length; i++) {
      int values = 1 << (i % 2 == 0 ? rightBits : leftBits);
      int mask = (1 << (i % 2 == 0 ? leftBits : rightBits)) - 1;
      for (int value = 0; value < values; value++) {
        table[(i << rightBits) + value] = (byte) (mix(value + keys[i]) & mask);
      }
    }
    return table;
  }

  /**
   * The order of one shard in one epoch.
   *
   * @param n number of samples of the shard, from 0 to 2⁶²
   */
  public static SampleOrder of(long seed, long epoch, long shard, long n) {
    if (n < 0 || n > MOST) {
      throw new IllegalArgumentException(
          "order: " + n + " samples came but 0 or more are needed, and 2^62 at most");
    }
    return new SampleOrder(CounterRng.of(seed, SITE, epoch, shard), n);
  }

  /**
   * The order in which a training set of n samples is cut into {@link Shards}, the same in all
   * epochs: so that a shard is a random part of the set, however the set is sorted.
   *
   * @param n number of samples of all shards, 0 or more
   */
  public static SampleOrder ofShards(long seed, long n) {
    if (n < 0 || n > MOST) {
      throw new IllegalArgumentException(
          "order: " + n + " samples came but 0 or more are needed, and 2^62 at most");
    }
    return new SampleOrder(CounterRng.of(seed, SHARDS_SITE), n);
  }

  /** Number of samples, if they are fewer than 2³¹. */
  public int size() {
    return Math.toIntExact(n);
  }

  /** Number of samples. */
  public long count() {
    return n;
  }

  /** The sample at a position; every sample in [0, n) stands at exactly one. */
  public int at(int position) {
    return (int) at((long) position);
  }

  /** The sample at a position, of more than 2³¹ samples too. */
  public long at(long position) {
    if (position < 0 || position >= n) {
      throw new IllegalArgumentException(
          "order: position " + position + " came but it must be from 0 to " + (n - 1));
    }
    long x = position;
    do {
      x = permute(x);
    } while (x >= n);
    return x;
  }

  /** Writes the samples at positions from (inclusive) to (exclusive) into an array. */
  public void fill(int from, int to, int[] samples, int offset) {
    for (int position = from; position < to; position++) {
      samples[offset + position - from] = at(position);
    }
  }

  private long permute(long x) {
    return few == null ? many(x) : few(few, (int) x);
  }

  private long few(byte[] table, int x) {
    int left = x >>> rightBits;
    int right = x & ((1 << rightBits) - 1);
    for (int at = 0; at < table.length; at += 2 << rightBits) {
      left ^= table[at + right];
      right ^= table[at + (1 << rightBits) + left];
    }
    return (long) left << rightBits | right;
  }

  private long many(long x) {
    int leftMask = (1 << leftBits) - 1;
    int rightMask = (1 << rightBits) - 1;
    int left = (int) (x >>> rightBits);
    int right = (int) x & rightMask;
    for (int i = 0; i < keys.length; i += 2) {
      left ^= mix(right + keys[i]) & leftMask;
      right ^= mix(left + keys[i + 1]) & rightMask;
    }
    return (long) left << rightBits | right;
  }

  /** Two multiplications and shifts of SplitMix64's finaliser. */
  private static int mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return (int) (b >>> 33);
  }
}
