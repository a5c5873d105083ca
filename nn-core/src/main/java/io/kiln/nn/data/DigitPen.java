package io.kiln.nn.data;

import io.kiln.nn.tensor.CounterRng;
import java.util.Arrays;

/** Draws one made-up digit at a time; keeps its buffers. Not thread-safe. */
final class DigitPen {
  private static final int SIDE = Synthetic.SIDE;
  private static final int PIECES = 5;
  private static final long SITE = 0x6469676974L;

  private final float[] ink = new float[SIDE * SIDE];
  private final double[] points = new double[128];
  private CounterRng rng = new CounterRng(0);
  private CounterRng normals = rng;
  private CounterRng grain = rng;
  private long draws;

  /** The digit of a seed and an index. */
  static int digit(long seed, int index) {
    return CounterRng.of(seed, SITE, index).integer(0, 10);
  }

  /**
   * Draws the digit of a seed and an index.
   *
   * @return the digit
   */
  int draw(long seed, int index, double noise, byte[] pixels, int offset) {
    rng = CounterRng.of(seed, SITE, index);
    normals = rng.fork(1);
    grain = rng.fork(2);
    Arrays.fill(ink, 0);
    int digit = digit(seed, index);
    draws = 1;
    int way = rng.integer(draws++, DigitStrokes.ways(digit));
    int[][] strokes = DigitStrokes.strokes(digit, way);

    double angle = 0.13 * normal();
    double slant = 0.22 * normal() + 0.1;
    double height = 20 * StrictMath.exp(0.09 * normal());
    double width = 17 * StrictMath.exp(0.13 * normal());
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    double centreX = (SIDE - 1) / 2.0 + 1.1 * normal();
    double centreY = (SIDE - 1) / 2.0 + 1.1 * normal();
    double radius = 0.55 + 0.95 * uniform();
    double brightness = 0.75 + 0.25 * uniform();
    double waveX = 0.9 * normal();
    double waveY = 0.9 * normal();
    double phaseX = 2 * Math.PI * uniform();
    double phaseY = 2 * Math.PI * uniform();
    double missing = 3.2;

    for (int[] stroke : strokes) {
      int n = stroke.length / 2;
      for (int i = 0; i < n; i++) {
        boolean corner =
            i > 0 && stroke[2 * i] == stroke[2 * i - 2] && stroke[2 * i + 1] == stroke[2 * i - 1];
        if (corner) {
          points[2 * i] = points[2 * i - 2];
          points[2 * i + 1] = points[2 * i - 1];
          continue;
        }
        double u = (stroke[2 * i] + missing * normal()) / 100 - 0.5;
        double v = (stroke[2 * i + 1] + missing * normal()) / 100 - 0.5;
        double x = width * u - slant * height * v;
        double y = height * v;
        double bentX = x + waveX * StrictMath.sin(y * 0.28 + phaseX);
        double bentY = y + waveY * StrictMath.sin(x * 0.28 + phaseY);
        points[2 * i] = centreX + cos * bentX - sin * bentY;
        points[2 * i + 1] = centreY + sin * bentX + cos * bentY;
      }
      curve(n, radius);
    }
    develop(brightness, noise, pixels, offset);
    return digit;
  }

  /** A Catmull–Rom curve through the first n points. */
  private void curve(int n, double radius) {
    double x = points[0];
    double y = points[1];
    for (int i = 0; i + 1 < n; i++) {
      int a = 2 * Math.max(0, i - 1);
      int b = 2 * i;
      int c = 2 * i + 2;
      int d = 2 * Math.min(n - 1, i + 2);
      if (points[b] == points[c] && points[b + 1] == points[c + 1]) {
        continue;
      }
      for (int piece = 1; piece <= PIECES; piece++) {
        double t = piece / (double) PIECES;
        double nextX = spline(points[a], points[b], points[c], points[d], t);
        double nextY = spline(points[a + 1], points[b + 1], points[c + 1], points[d + 1], t);
        line(x, y, nextX, nextY, radius);
        x = nextX;
        y = nextY;
      }
    }
  }

  private static double spline(double a, double b, double c, double d, double t) {
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }

  /** A line with round ends; a pixel's ink is how much of it lies within the radius. */
  private void line(double x0, double y0, double x1, double y1, double radius) {
    double reach = radius + 0.5;
    int left = Math.max(0, (int) Math.ceil(Math.min(x0, x1) - reach));
    int right = Math.min(SIDE - 1, (int) Math.floor(Math.max(x0, x1) + reach));
    int top = Math.max(0, (int) Math.ceil(Math.min(y0, y1) - reach));
    int bottom = Math.min(SIDE - 1, (int) Math.floor(Math.max(y0, y1) + reach));
    double dx = x1 - x0;
    double dy = y1 - y0;
    double length = Math.max(1e-12, dx * dx + dy * dy);
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        double t = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
        double ex = x - x0 - t * dx;
        double ey = y - y0 - t * dy;
        double covered = Math.min(1, reach - Math.sqrt(ex * ex + ey * ey));
        if (covered > ink[y * SIDE + x]) {
          ink[y * SIDE + x] = (float) covered;
        }
      }
    }
  }

  /** Adds noise (a sum of four uniform numbers: nearly normal) and rounds to bytes. */
  private void develop(double brightness, double noise, byte[] pixels, int offset) {
    // A sum of four uniform bytes has mean 510 and deviation sqrt(4 * (256² - 1) / 12) = 147.8.
    double scale = noise * 255 / 147.8;
    for (int i = 0; i < ink.length; i += 2) {
      long bits = noise == 0 ? 0x8080808080808080L : grain.bits(i);
      pixels[offset + i] = shade(ink[i] * brightness * 255 + scale * (bytes(bits) - 510));
      pixels[offset + i + 1] =
          shade(ink[i + 1] * brightness * 255 + scale * (bytes(bits >>> 32) - 510));
    }
  }

  private static int bytes(long bits) {
    return (int)
        ((bits & 0xff) + (bits >>> 8 & 0xff) + (bits >>> 16 & 0xff) + (bits >>> 24 & 0xff));
  }

  private static byte shade(double value) {
    return (byte) Math.max(0, Math.min(255, (int) Math.rint(value)));
  }

  private double normal() {
    return normals.normal(draws++);
  }

  private double uniform() {
    return rng.uniform(draws++);
  }
}
