package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Masks;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.Tensor;

/** Masks in float32; 32 random bits decide over a block. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatMasks implements Masks {
  private static final double TWO_TO_32 = 4294967296.0;
  private static final long LOW = 0xFFFFFFFFL;

  @Override
  public void draw(long key, double keep, int block, Tensor mask, int from, int count) {
    float[] ms = mask.floats();
    int at = mask.offset() + from;
    float kept = (float) (1 / keep);
    long bound = Math.round(keep * TWO_TO_32);
    CounterRng rng = new CounterRng(key);
    int units = count / block;
    for (int unit = 0; unit < units; unit += 2) {
      long bits = rng.bits(unit >> 1);
      float first = (bits & LOW) < bound ? kept : 0;
      float second = (bits >>> 32) < bound ? kept : 0;
      if (block == 1) {
        ms[at + unit] = first;
        if (unit + 1 < units) {
          ms[at + unit + 1] = second;
        }
      } else {
        int begin = at + unit * block;
        java.util.Arrays.fill(ms, begin, begin + block, first);
        if (unit + 1 < units) {
          java.util.Arrays.fill(ms, begin + block, begin + 2 * block, second);
        }
      }
    }
  }

  @Override
  public void multiply(Tensor x, Tensor mask, Tensor y) {
    float[] xs = x.floats();
    float[] ms = mask.floats();
    float[] ys = y.floats();
    int at = x.offset();
    int by = mask.offset();
    int to = y.offset();
    for (int i = 0, n = y.count(); i < n; i++) {
      ys[to + i] = xs[at + i] * ms[by + i];
    }
  }
}
