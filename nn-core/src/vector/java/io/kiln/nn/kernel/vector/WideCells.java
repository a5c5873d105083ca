package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Cells;
import io.kiln.nn.kernel.ExponentialRuns;
import io.kiln.nn.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Recurrent cells in float32 with the Vector API, for states of a vector or more; narrower ones go
 * to the plain loops. Gates that have the same function and lie side by side are computed together.
 */
final class WideCells implements Cells {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = SPECIES.length();

  /** Which of the gates is the new value, the only one with tanh. */
  private static final int FRESH = 2;

  private final Cells plain;
  private final ExponentialRuns exponentials = new WideExponentials();

  WideCells(Cells plain) {
    this.plain = plain;
  }

  @Override
  public void rnn(boolean tanh, Tensor h, int at, int count) {
    plain.rnn(tanh, h, at, count);
  }

  @Override
  public void rnnBackward(boolean tanh, Tensor h, int at, Tensor dh, Tensor da, int to, int count) {
    if (!tanh) {
      plain.rnnBackward(false, h, at, dh, da, to, count);
      return;
    }
    int from = h.offset() + at;
    tanhSlope(h.floats(), from, dh.floats(), dh.offset(), da.floats(), da.offset() + to, count);
  }

  private static void tanhSlope(float[] y, int at, float[] dy, int by, float[] dx, int to, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, y, at + i);
      one.sub(v.mul(v)).mul(FloatVector.fromArray(SPECIES, dy, by + i)).intoArray(dx, to + i);
    }
    for (; i < n; i++) {
      float v = y[at + i];
      dx[to + i] = dy[by + i] * (1 - v * v);
    }
  }

  @Override
  public void lstm(
      int n,
      int width,
      int[] order,
      Tensor gates,
      int at,
      Tensor states,
      int c,
      int next,
      Tensor h,
      int hAt) {
    if (width < LANES) {
      plain.lstm(n, width, order, gates, at, states, c, next, h, hAt);
      return;
    }
    float[] gs = gates.floats();
    float[] cs = states.floats();
    float[] hs = h.floats();
    int i = place(order, 0) * width;
    int f = place(order, 1) * width;
    int g = place(order, FRESH) * width;
    int o = place(order, 3) * width;
    for (int row = 0; row < n; row++) {
      int gate = gates.offset() + at + row * 4 * width;
      exponentials.sigmoid(gs, gate, gs, gate, g);
      exponentials.tanh(gs, gate + g, gs, gate + g, width);
      int behind = gate + g + width;
      exponentials.sigmoid(gs, behind, gs, behind, 3 * width - g);
      int was = states.offset() + c + row * width;
      int is = states.offset() + next + row * width;
      int y = h.offset() + hAt + row * width;
      remember(gs, gate + i, gate + f, gate + g, cs, was, is, width);
      exponentials.tanh(cs, is, hs, y, width);
      multiply(gs, gate + o, hs, y, width);
    }
  }

  /** c′ = f·c + i·g. */
  private static void remember(
      float[] gates, int i, int f, int g, float[] states, int was, int is, int n) {
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector fresh =
          FloatVector.fromArray(SPECIES, gates, i + j)
              .mul(FloatVector.fromArray(SPECIES, gates, g + j));
      FloatVector.fromArray(SPECIES, gates, f + j)
          .fma(FloatVector.fromArray(SPECIES, states, was + j), fresh)
          .intoArray(states, is + j);
    }
    for (; j < n; j++) {
      states[is + j] = Math.fma(gates[f + j], states[was + j], gates[i + j] * gates[g + j]);
    }
  }

  /** y = x·y. */
  private static void multiply(float[] x, int at, float[] y, int to, int n) {
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector.fromArray(SPECIES, x, at + j)
          .mul(FloatVector.fromArray(SPECIES, y, to + j))
          .intoArray(y, to + j);
    }
    for (; j < n; j++) {
      y[to + j] *= x[at + j];
    }
  }

  @Override
  public void lstmBackward(
      int n,
      int width,
      int[] order,
      Tensor gates,
      int at,
      Tensor states,
      int c,
      int next,
      Tensor work,
      int dh,
      int dc,
      Tensor da,
      int to) {
    if (width < LANES) {
      plain.lstmBackward(n, width, order, gates, at, states, c, next, work, dh, dc, da, to);
      return;
    }
    float[] gs = gates.floats();
    float[] cs = states.floats();
    float[] ds = work.floats();
    float[] das = da.floats();
    int i = place(order, 0) * width;
    int f = place(order, 1) * width;
    int g = place(order, FRESH) * width;
    int o = place(order, 3) * width;
    for (int row = 0; row < n; row++) {
      int gate = gates.offset() + at + row * 4 * width;
      int into = da.offset() + to + row * 4 * width;
      int was = states.offset() + c + row * width;
      int is = states.offset() + next + row * width;
      int dy = work.offset() + dh + row * width;
      int dState = work.offset() + dc + row * width;
      // The place of o's gradient first holds tanh(c′).
      exponentials.tanh(cs, is, das, into + o, width);
      give(gs, gate + o, ds, dy, dState, das, into + o, width);
      renew(gs, gate + i, gate + g, ds, dState, das, into + i, into + g, width);
      forget(gs, gate + f, cs, was, ds, dState, das, into + f, width);
    }
  }

  /** From t = tanh(c′) in {@code da}: dc += dh·o·(1 − t²), da = dh·t·o·(1 − o). */
  private static void give(
      float[] gates, int o, float[] work, int dh, int dc, float[] da, int to, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector t = FloatVector.fromArray(SPECIES, da, to + j);
      FloatVector y = FloatVector.fromArray(SPECIES, gates, o + j);
      FloatVector d = FloatVector.fromArray(SPECIES, work, dh + j).mul(y);
      d.fma(one.sub(t.mul(t)), FloatVector.fromArray(SPECIES, work, dc + j))
          .intoArray(work, dc + j);
      d.mul(t).mul(one.sub(y)).intoArray(da, to + j);
    }
    for (; j < n; j++) {
      float t = da[to + j];
      float y = gates[o + j];
      float d = work[dh + j] * y;
      work[dc + j] = Math.fma(d, 1 - t * t, work[dc + j]);
      da[to + j] = d * t * (1 - y);
    }
  }

  /** da of i = dc·g·i·(1 − i), da of g = dc·i·(1 − g²). */
  private static void renew(
      float[] gates, int i, int g, float[] work, int dc, float[] da, int toI, int toG, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector in = FloatVector.fromArray(SPECIES, gates, i + j);
      FloatVector fresh = FloatVector.fromArray(SPECIES, gates, g + j);
      FloatVector d = FloatVector.fromArray(SPECIES, work, dc + j).mul(in);
      d.mul(fresh).mul(one.sub(in)).intoArray(da, toI + j);
      d.mul(one.sub(fresh.mul(fresh))).intoArray(da, toG + j);
    }
    for (; j < n; j++) {
      float in = gates[i + j];
      float fresh = gates[g + j];
      float d = work[dc + j] * in;
      da[toI + j] = d * fresh * (1 - in);
      da[toG + j] = d * (1 - fresh * fresh);
    }
  }

  /** da of f = dc·c·f·(1 − f), dc = dc·f. */
  private static void forget(
      float[] gates,
      int f,
      float[] states,
      int was,
      float[] work,
      int dc,
      float[] da,
      int to,
      int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector keep = FloatVector.fromArray(SPECIES, gates, f + j);
      FloatVector d = FloatVector.fromArray(SPECIES, work, dc + j).mul(keep);
      d.intoArray(work, dc + j);
      d.mul(FloatVector.fromArray(SPECIES, states, was + j))
          .mul(one.sub(keep))
          .intoArray(da, to + j);
    }
    for (; j < n; j++) {
      float keep = gates[f + j];
      float d = work[dc + j] * keep;
      work[dc + j] = d;
      da[to + j] = d * states[was + j] * (1 - keep);
    }
  }

  private static int place(int[] order, int gate) {
    for (int k = 0; k < 3; k++) {
      if (order[k] == gate) {
        return k;
      }
    }
    return 3;
  }

  @Override
  public void gru(
      int n, int width, Tensor gates, int at, Tensor u, int uAt, Tensor states, int h, int next) {
    if (width < LANES) {
      plain.gru(n, width, gates, at, u, uAt, states, h, next);
      return;
    }
    float[] gs = gates.floats();
    float[] us = u.floats();
    float[] hs = states.floats();
    for (int row = 0; row < n; row++) {
      int r = gates.offset() + at + row * 3 * width;
      int z = r + width;
      int m = z + width;
      int from = u.offset() + uAt + row * 3 * width;
      add(us, from, gs, r, 2 * width);
      exponentials.sigmoid(gs, r, gs, r, 2 * width);
      reset(gs, r, us, from + 2 * width, gs, m, width);
      exponentials.tanh(gs, m, gs, m, width);
      int was = states.offset() + h + row * width;
      mix(gs, m, z, hs, was, states.offset() + next + row * width, width);
    }
  }

  /** y += x. */
  private static void add(float[] x, int at, float[] y, int to, int n) {
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector.fromArray(SPECIES, x, at + j)
          .add(FloatVector.fromArray(SPECIES, y, to + j))
          .intoArray(y, to + j);
    }
    for (; j < n; j++) {
      y[to + j] += x[at + j];
    }
  }

  /** y += x·u. */
  private static void reset(float[] x, int at, float[] u, int by, float[] y, int to, int n) {
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector.fromArray(SPECIES, x, at + j)
          .fma(FloatVector.fromArray(SPECIES, u, by + j), FloatVector.fromArray(SPECIES, y, to + j))
          .intoArray(y, to + j);
    }
    for (; j < n; j++) {
      y[to + j] = Math.fma(x[at + j], u[by + j], y[to + j]);
    }
  }

  /** h′ = m + z·(h − m). */
  private static void mix(float[] gates, int m, int z, float[] states, int was, int is, int n) {
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector fresh = FloatVector.fromArray(SPECIES, gates, m + j);
      FloatVector.fromArray(SPECIES, states, was + j)
          .sub(fresh)
          .fma(FloatVector.fromArray(SPECIES, gates, z + j), fresh)
          .intoArray(states, is + j);
    }
    for (; j < n; j++) {
      float fresh = gates[m + j];
      states[is + j] = Math.fma(states[was + j] - fresh, gates[z + j], fresh);
    }
  }

  @Override
  public void gruBackward(
      int n,
      int width,
      Tensor gates,
      int at,
      Tensor u,
      int uAt,
      Tensor states,
      int h,
      Tensor dh,
      Tensor da,
      int to,
      int also) {
    if (width < LANES) {
      plain.gruBackward(n, width, gates, at, u, uAt, states, h, dh, da, to, also);
      return;
    }
    float[] gs = gates.floats();
    float[] das = da.floats();
    for (int row = 0; row < n; row++) {
      int r = gates.offset() + at + row * 3 * width;
      int um = u.offset() + uAt + row * 3 * width + 2 * width;
      int was = states.offset() + h + row * width;
      int dy = dh.offset() + row * width;
      int into = da.offset() + to + row * 3 * width;
      int second = da.offset() + also + row * 3 * width;
      keep(gs, r + width, states.floats(), was, dh.floats(), dy, das, into + width, width);
      part(gs, r, u.floats(), um, das, into, second + 2 * width, width);
      System.arraycopy(das, into, das, second, 2 * width);
    }
  }

  /** da of z = dh·(h − m)·z·(1 − z), da of m = dh·(1 − z)·(1 − m²), dh = dh·z. */
  private static void keep(
      float[] gates,
      int z,
      float[] states,
      int was,
      float[] work,
      int dh,
      float[] da,
      int to,
      int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector k = FloatVector.fromArray(SPECIES, gates, z + j);
      FloatVector fresh = FloatVector.fromArray(SPECIES, gates, z + n + j);
      FloatVector d = FloatVector.fromArray(SPECIES, work, dh + j);
      FloatVector kept = d.mul(k);
      FloatVector rest = one.sub(k);
      kept.intoArray(work, dh + j);
      FloatVector.fromArray(SPECIES, states, was + j)
          .sub(fresh)
          .mul(kept)
          .mul(rest)
          .intoArray(da, to + j);
      d.mul(rest).mul(one.sub(fresh.mul(fresh))).intoArray(da, to + n + j);
    }
    for (; j < n; j++) {
      float k = gates[z + j];
      float fresh = gates[z + n + j];
      float d = work[dh + j];
      work[dh + j] = d * k;
      da[to + j] = (states[was + j] - fresh) * (d * k) * (1 - k);
      da[to + n + j] = d * (1 - k) * (1 - fresh * fresh);
    }
  }

  /** From da of m behind {@code to} and z's: da of r = dm·u·r·(1 − r), and dm·r at {@code also}. */
  private static void part(
      float[] gates, int r, float[] u, int by, float[] da, int to, int also, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector reset = FloatVector.fromArray(SPECIES, gates, r + j);
      FloatVector d = FloatVector.fromArray(SPECIES, da, to + 2 * n + j).mul(reset);
      d.intoArray(da, also + j);
      d.mul(FloatVector.fromArray(SPECIES, u, by + j)).mul(one.sub(reset)).intoArray(da, to + j);
    }
    for (; j < n; j++) {
      float reset = gates[r + j];
      float d = da[to + 2 * n + j] * reset;
      da[also + j] = d;
      da[to + j] = d * u[by + j] * (1 - reset);
    }
  }
}
