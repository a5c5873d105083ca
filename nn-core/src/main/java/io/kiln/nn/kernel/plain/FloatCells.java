package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Cells;
import io.kiln.nn.tensor.Tensor;

/** Recurrent cells in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatCells implements Cells {
  @Override
  public void rnn(boolean tanh, Tensor h, int at, int count) {
    float[] hs = h.floats();
    int from = h.offset() + at;
    if (tanh) {
      Exponentials.tanh(hs, from, hs, from, count);
      return;
    }
    for (int i = from; i < from + count; i++) {
      hs[i] = Math.max(hs[i], 0);
    }
  }

  @Override
  public void rnnBackward(boolean tanh, Tensor h, int at, Tensor dh, Tensor da, int to, int count) {
    float[] hs = h.floats();
    float[] dhs = dh.floats();
    float[] das = da.floats();
    int hAt = h.offset() + at;
    int by = dh.offset();
    int into = da.offset() + to;
    if (tanh) {
      for (int i = 0; i < count; i++) {
        float y = hs[hAt + i];
        das[into + i] = dhs[by + i] * (1 - y * y);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      das[into + i] = hs[hAt + i] > 0 ? dhs[by + i] : 0;
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
    float[] gs = gates.floats();
    float[] cs = states.floats();
    float[] hs = h.floats();
    for (int row = 0; row < n; row++) {
      int gate = gates.offset() + at + row * 4 * width;
      for (int k = 0; k < 4; k++) {
        int from = gate + k * width;
        if (order[k] == 2) {
          Exponentials.tanh(gs, from, gs, from, width);
        } else {
          Exponentials.sigmoid(gs, from, gs, from, width);
        }
      }
      int i = gate + place(order, 0) * width;
      int f = gate + place(order, 1) * width;
      int g = gate + place(order, 2) * width;
      int o = gate + place(order, 3) * width;
      int was = states.offset() + c + row * width;
      int is = states.offset() + next + row * width;
      int y = h.offset() + hAt + row * width;
      for (int j = 0; j < width; j++) {
        cs[is + j] = gs[f + j] * cs[was + j] + gs[i + j] * gs[g + j];
      }
      Exponentials.tanh(cs, is, hs, y, width);
      for (int j = 0; j < width; j++) {
        hs[y + j] *= gs[o + j];
      }
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
    float[] gs = gates.floats();
    float[] cs = states.floats();
    float[] ds = work.floats();
    float[] das = da.floats();
    for (int row = 0; row < n; row++) {
      int gate = gates.offset() + at + row * 4 * width;
      int into = da.offset() + to + row * 4 * width;
      int i = place(order, 0) * width;
      int f = place(order, 1) * width;
      int g = place(order, 2) * width;
      int o = place(order, 3) * width;
      int was = states.offset() + c + row * width;
      int is = states.offset() + next + row * width;
      int dy = work.offset() + dh + row * width;
      int dState = work.offset() + dc + row * width;
      // The place of o's gradient first holds tanh(c′).
      Exponentials.tanh(cs, is, das, into + o, width);
      for (int j = 0; j < width; j++) {
        float t = das[into + o + j];
        float y = gs[gate + o + j];
        float d = ds[dy + j];
        ds[dState + j] += d * y * (1 - t * t);
        das[into + o + j] = d * t * y * (1 - y);
      }
      for (int j = 0; j < width; j++) {
        float d = ds[dState + j];
        float in = gs[gate + i + j];
        float fresh = gs[gate + g + j];
        das[into + i + j] = d * fresh * in * (1 - in);
        das[into + g + j] = d * in * (1 - fresh * fresh);
      }
      for (int j = 0; j < width; j++) {
        float d = ds[dState + j];
        float keep = gs[gate + f + j];
        das[into + f + j] = d * cs[was + j] * keep * (1 - keep);
        ds[dState + j] = d * keep;
      }
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
    float[] gs = gates.floats();
    float[] us = u.floats();
    float[] hs = states.floats();
    for (int row = 0; row < n; row++) {
      int r = gates.offset() + at + row * 3 * width;
      int z = r + width;
      int m = z + width;
      int ur = u.offset() + uAt + row * 3 * width;
      int um = ur + 2 * width;
      int was = states.offset() + h + row * width;
      int is = states.offset() + next + row * width;
      for (int j = 0; j < 2 * width; j++) {
        gs[r + j] += us[ur + j];
      }
      Exponentials.sigmoid(gs, r, gs, r, 2 * width);
      for (int j = 0; j < width; j++) {
        gs[m + j] += gs[r + j] * us[um + j];
      }
      Exponentials.tanh(gs, m, gs, m, width);
      for (int j = 0; j < width; j++) {
        hs[is + j] = gs[m + j] + gs[z + j] * (hs[was + j] - gs[m + j]);
      }
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
    float[] gs = gates.floats();
    float[] us = u.floats();
    float[] hs = states.floats();
    float[] dhs = dh.floats();
    float[] das = da.floats();
    for (int row = 0; row < n; row++) {
      int r = gates.offset() + at + row * 3 * width;
      int um = u.offset() + uAt + row * 3 * width + 2 * width;
      int was = states.offset() + h + row * width;
      int dy = dh.offset() + row * width;
      int into = da.offset() + to + row * 3 * width;
      int second = da.offset() + also + row * 3 * width;
      for (int j = 0; j < width; j++) {
        float d = dhs[dy + j];
        float reset = gs[r + j];
        float keep = gs[r + width + j];
        float m = gs[r + 2 * width + j];
        float dm = d * (1 - keep) * (1 - m * m);
        float dz = d * (hs[was + j] - m) * keep * (1 - keep);
        float dr = dm * us[um + j] * reset * (1 - reset);
        das[into + j] = dr;
        das[into + width + j] = dz;
        das[into + 2 * width + j] = dm;
        das[second + j] = dr;
        das[second + width + j] = dz;
        das[second + 2 * width + j] = dm * reset;
        dhs[dy + j] = d * keep;
      }
    }
  }
}
