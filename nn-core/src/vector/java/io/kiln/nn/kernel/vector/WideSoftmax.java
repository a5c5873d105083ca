package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.ExponentialRuns;
import io.kiln.nn.kernel.Softmax;
import io.kiln.nn.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Softmax in float32 with the Vector API; rows shorter than a vector go to the plain loops. Sums
 * have their written order, see {@link FloatRuns}.
 */
final class WideSoftmax implements Softmax {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = SPECIES.length();

  /** Rows are taken in groups of about this many numbers, so that they stay in the cache. */
  private static final int GROUP = 4096;

  private final Softmax plain;
  private final ExponentialRuns exponentials = new WideExponentials();
  private final ThreadLocal<Memory> memory = ThreadLocal.withInitial(Memory::new);

  /** Working memory of a thread. */
  private static final class Memory {
    private final FloatRuns runs = new FloatRuns();
    private final float[] lanes = new float[LANES];
    private float[] powers = new float[0];

    /** Room for the powers of a group of rows. */
    float[] powers(int count) {
      if (powers.length < count) {
        powers = new float[count];
      }
      return powers;
    }
  }

  WideSoftmax(Softmax plain) {
    this.plain = plain;
  }

  private static int group(int classes) {
    return Math.max(1, GROUP / classes);
  }

  @Override
  public void softmax(Tensor x, int rows, int classes, Tensor p) {
    if (classes < LANES) {
      plain.softmax(x, rows, classes, p);
      return;
    }
    Memory own = memory.get();
    int group = group(classes);
    for (int first = 0; first < rows; first += group) {
      int count = Math.min(group, rows - first);
      powers(own, x, first, count, classes, p.floats(), p.offset() + first * classes);
      for (int row = first; row < first + count; row++) {
        normalize(own, p, row, classes);
      }
    }
  }

  /** exp(x − max) of some rows, one after another. */
  private void powers(Memory own, Tensor x, int first, int count, int classes, float[] y, int to) {
    float[] xs = x.floats();
    for (int row = 0; row < count; row++) {
      int at = x.offset() + (first + row) * classes;
      float max = largest(xs, at, classes, own.lanes);
      shift(xs, at, classes, max, y, to + row * classes);
    }
    exponentials.exp(y, to, y, to, count * classes);
  }

  /** Divides one row by its sum and returns the sum. */
  private static double normalize(Memory own, Tensor p, int row, int classes) {
    int at = p.offset() + row * classes;
    double sum = own.runs.sum(p.floats(), at, classes);
    scale(p.floats(), at, classes, (float) (1 / sum), p.floats(), at);
    return sum;
  }

  @Override
  public void softmaxBackward(Tensor p, Tensor dp, int rows, int classes, Tensor dx) {
    if (classes < LANES) {
      plain.softmaxBackward(p, dp, rows, classes, dx);
      return;
    }
    FloatRuns runs = memory.get().runs;
    for (int row = 0; row < rows; row++) {
      int at = p.offset() + row * classes;
      int by = dp.offset() + row * classes;
      int to = dx.offset() + row * classes;
      float mean = (float) runs.products(dp.floats(), by, p.floats(), at, classes, 0);
      slope(p.floats(), at, dp.floats(), by, classes, mean, dx.floats(), to);
    }
  }

  @Override
  public void logSoftmax(Tensor x, int rows, int classes, Tensor y) {
    if (classes < LANES) {
      plain.logSoftmax(x, rows, classes, y);
      return;
    }
    Memory own = memory.get();
    int group = group(classes);
    float[] powers = own.powers(group * classes);
    for (int first = 0; first < rows; first += group) {
      int count = Math.min(group, rows - first);
      powers(own, x, first, count, classes, powers, 0);
      for (int row = 0; row < count; row++) {
        int at = x.offset() + (first + row) * classes;
        int to = y.offset() + (first + row) * classes;
        float max = largest(x.floats(), at, classes, own.lanes);
        float log = (float) Math.log(own.runs.sum(powers, row * classes, classes));
        shift(x.floats(), at, classes, max, y.floats(), to);
        shift(y.floats(), to, classes, log, y.floats(), to);
      }
    }
  }

  @Override
  public void logSoftmaxBackward(Tensor y, Tensor dy, int rows, int classes, Tensor dx) {
    if (classes < LANES) {
      plain.logSoftmaxBackward(y, dy, rows, classes, dx);
      return;
    }
    Memory own = memory.get();
    float[] powers = own.powers(classes);
    for (int row = 0; row < rows; row++) {
      int at = y.offset() + row * classes;
      int by = dy.offset() + row * classes;
      float total = (float) own.runs.sum(dy.floats(), by, classes);
      exponentials.exp(y.floats(), at, powers, 0, classes);
      takeOff(dy.floats(), by, powers, 0, classes, total, dx.floats(), dx.offset() + row * classes);
    }
  }

  @Override
  public double crossEntropy(Tensor x, Tensor target, int rows, int classes, Tensor p) {
    if (classes < LANES) {
      return plain.crossEntropy(x, target, rows, classes, p);
    }
    Memory own = memory.get();
    int group = group(classes);
    double loss = 0;
    for (int first = 0; first < rows; first += group) {
      int count = Math.min(group, rows - first);
      for (int row = first; row < first + count; row++) {
        int label = label(target, row, classes);
        int at = x.offset() + row * classes;
        float max = largest(x.floats(), at, classes, own.lanes);
        // Scores may be written over by their powers.
        loss += label < 0 ? 0 : (double) max - x.floats()[at + label];
        shift(x.floats(), at, classes, max, p.floats(), p.offset() + row * classes);
      }
      int to = p.offset() + first * classes;
      exponentials.exp(p.floats(), to, p.floats(), to, count * classes);
      for (int row = first; row < first + count; row++) {
        double sum = normalize(own, p, row, classes);
        loss += label(target, row, classes) < 0 ? 0 : Math.log(sum);
      }
    }
    return loss;
  }

  private static int label(Tensor target, int row, int classes) {
    int label = (int) target.floats()[target.offset() + row];
    if (label >= classes) {
      throw new IllegalArgumentException(Softmax.beyond(label, row, classes));
    }
    return label;
  }

  @Override
  public void crossEntropyBackward(
      Tensor p, Tensor target, int rows, int classes, double scale, Tensor dx) {
    if (classes < LANES) {
      plain.crossEntropyBackward(p, target, rows, classes, scale, dx);
      return;
    }
    for (int row = 0; row < rows; row++) {
      int label = label(target, row, classes);
      int to = dx.offset() + row * classes;
      float factor = label < 0 ? 0 : (float) scale;
      scale(p.floats(), p.offset() + row * classes, classes, factor, dx.floats(), to);
      if (label >= 0) {
        dx.floats()[to + label] -= factor;
      }
    }
  }

  @Override
  public double softCrossEntropy(Tensor x, Tensor q, int rows, int classes, Tensor p) {
    if (classes < LANES) {
      return plain.softCrossEntropy(x, q, rows, classes, p);
    }
    Memory own = memory.get();
    int group = group(classes);
    double loss = 0;
    for (int first = 0; first < rows; first += group) {
      int count = Math.min(group, rows - first);
      for (int row = first; row < first + count; row++) {
        int at = x.offset() + row * classes;
        int to = p.offset() + row * classes;
        float max = largest(x.floats(), at, classes, own.lanes);
        shift(x.floats(), at, classes, max, p.floats(), to);
        loss -= weighted(own, q.floats(), q.offset() + row * classes, p.floats(), to, classes);
      }
      int to = p.offset() + first * classes;
      exponentials.exp(p.floats(), to, p.floats(), to, count * classes);
      for (int row = first; row < first + count; row++) {
        double sum = normalize(own, p, row, classes);
        double weight = own.runs.sum(q.floats(), q.offset() + row * classes, classes);
        loss += weight == 0 ? 0 : weight * Math.log(sum);
      }
    }
    return loss;
  }

  /** Σ q·x; where q is 0 its x does not matter, were it infinite. */
  private static double weighted(Memory own, float[] q, int by, float[] x, int at, int n) {
    double sum = own.runs.products(q, by, x, at, n, 0);
    if (Double.isNaN(sum)) {
      sum = 0;
      for (int j = 0; j < n; j++) {
        sum += q[by + j] == 0 ? 0 : (double) q[by + j] * x[at + j];
      }
    }
    return sum;
  }

  @Override
  public void softCrossEntropyBackward(
      Tensor p, Tensor q, int rows, int classes, double scale, Tensor dx) {
    if (classes < LANES) {
      plain.softCrossEntropyBackward(p, q, rows, classes, scale, dx);
      return;
    }
    Memory own = memory.get();
    for (int row = 0; row < rows; row++) {
      int at = p.offset() + row * classes;
      int by = q.offset() + row * classes;
      float all = (float) own.runs.sum(q.floats(), by, classes);
      int to = dx.offset() + row * classes;
      apart(p.floats(), at, q.floats(), by, classes, all, (float) scale, dx.floats(), to);
    }
  }

  /** dx = factor·(p·all − q). */
  private static void apart(
      float[] p, int at, float[] q, int by, int n, float all, float factor, float[] dx, int to) {
    FloatVector a = FloatVector.broadcast(SPECIES, all);
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, p, at + i)
          .mul(a)
          .sub(FloatVector.fromArray(SPECIES, q, by + i))
          .mul(f)
          .intoArray(dx, to + i);
    }
    for (; i < n; i++) {
      dx[to + i] = factor * (p[at + i] * all - q[by + i]);
    }
  }

  /** The largest of n numbers, LANES or more; NaN if there is one. */
  private static float largest(float[] x, int at, int n, float[] lanes) {
    FloatVector max = FloatVector.fromArray(SPECIES, x, at);
    for (int i = LANES; i <= n - LANES; i += LANES) {
      max = max.max(FloatVector.fromArray(SPECIES, x, at + i));
    }
    // What no whole vectors cover lies in the last vector of the row.
    max.max(FloatVector.fromArray(SPECIES, x, at + n - LANES)).intoArray(lanes, 0);
    float most = lanes[0];
    for (int i = 1; i < LANES; i++) {
      most = Math.max(most, lanes[i]);
    }
    return most;
  }

  /** y = x − less; y may be x. */
  private static void shift(float[] x, int at, int n, float less, float[] y, int to) {
    FloatVector off = FloatVector.broadcast(SPECIES, less);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, x, at + i).sub(off).intoArray(y, to + i);
    }
    for (; i < n; i++) {
      y[to + i] = x[at + i] - less;
    }
  }

  /** y = factor·x; y may be x. */
  private static void scale(float[] x, int at, int n, float factor, float[] y, int to) {
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, x, at + i).mul(f).intoArray(y, to + i);
    }
    for (; i < n; i++) {
      y[to + i] = x[at + i] * factor;
    }
  }

  /** dx = p·(dp − mean); dx may be dp. */
  private static void slope(
      float[] p, int at, float[] dp, int by, int n, float mean, float[] dx, int to) {
    FloatVector m = FloatVector.broadcast(SPECIES, mean);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, dp, by + i)
          .sub(m)
          .mul(FloatVector.fromArray(SPECIES, p, at + i))
          .intoArray(dx, to + i);
    }
    for (; i < n; i++) {
      dx[to + i] = p[at + i] * (dp[by + i] - mean);
    }
  }

  /** dx = dy − total·p; dx may be dy. */
  private static void takeOff(
      float[] dy, int by, float[] p, int at, int n, float total, float[] dx, int to) {
    FloatVector minus = FloatVector.broadcast(SPECIES, -total);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, p, at + i)
          .fma(minus, FloatVector.fromArray(SPECIES, dy, by + i))
          .intoArray(dx, to + i);
    }
    for (; i < n; i++) {
      dx[to + i] = Math.fma(p[at + i], -total, dy[by + i]);
    }
  }
}
