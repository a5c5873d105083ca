package io.kiln.nn.tensor;

/**
 * Random numbers as a function of a key and a counter: nothing is kept between draws.
 *
 * <p>The same key and counter always give the same number, on any thread and in any order, so a
 * resumed run stores integers, not a stream's state. The mixing is the finaliser of SplitMix64
 * (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014) applied to
 * key and counter in turn.
 *
 * @param key the stream's key; {@link #fork} makes independent ones
 */
public record CounterRng(long key) {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** A stream for a seed and any further coordinates, e.g. (seed, step, sample, site). */
  public static CounterRng of(long seed, long... coordinates) {
    CounterRng rng = new CounterRng(mix(seed + GOLDEN));
    for (long coordinate : coordinates) {
      rng = rng.fork(coordinate);
    }
    return rng;
  }

  /** An independent stream for one more coordinate. */
  public CounterRng fork(long coordinate) {
    return new CounterRng(mix(key ^ mix(coordinate * GOLDEN + 0x632BE59BD9B4E019L)));
  }

  /** 64 random bits for that counter. */
  public long bits(long counter) {
    return mix(key + mix((counter + 1) * GOLDEN));
  }

  /** A number in [0, 1) with 53 random bits. */
  public double uniform(long counter) {
    return (bits(counter) >>> 11) * 0x1.0p-53;
  }

  /** An integer in [0, bound); the bias is below 2⁻³². */
  public int integer(long counter, int bound) {
    return (int) (((bits(counter) >>> 32) * bound) >>> 32);
  }

  /** A normally distributed number of mean 0 and deviation 1, by the Box–Muller transform. */
  public double normal(long counter) {
    double u = 1 - uniform(2 * counter);
    double v = uniform(2 * counter + 1);
    return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * StrictMath.PI * v);
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
