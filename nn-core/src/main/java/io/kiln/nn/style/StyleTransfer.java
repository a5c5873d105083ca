package io.kiln.nn.style;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.data.Picture;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.layer.Network;
import io.kiln.nn.optim.Adam;
import io.kiln.nn.optim.Lbfgs;
import io.kiln.nn.optim.LineSearch;
import io.kiln.nn.optim.Optimizer.Step;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.zoo.FeatureModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Paints one picture in the style of another: begins with the content, and moves its pixels down
 * the {@link StyleLoss}, first at a small size, then at larger ones.
 *
 * @param network a trained {@link io.kiln.nn.zoo.FeatureModel}
 * @param settings how
 */
public record StyleTransfer(Network network, StyleSettings settings) {
  /** What networks of ImageNet see as 0 and as 1, of channels from 0 to 1. */
  private static final double[] MEAN = {0.485, 0.456, 0.406};

  private static final double[] DEVIATION = {0.229, 0.224, 0.225};

  private static final int SMALLEST = 32;

  /**
   * One step on the way.
   *
   * @param size longer side of the picture then
   * @param step from 1, over all sizes
   * @param content loss against the content
   * @param style loss against the style
   * @param roughness total variation's part
   */
  public record Point(int size, int step, double content, double style, double roughness) {
    /** The loss. */
    public double total() {
      return content + style + roughness;
    }
  }

  /**
   * What came of it.
   *
   * @param picture the result
   * @param curve losses of all steps
   */
  public record Painted(Picture picture, List<Point> curve) {
    /** Copies the list. */
    public Painted {
      curve = List.copyOf(curve);
    }
  }

  /**
   * Finds mistakes in the settings before anything is painted.
   *
   * @throws io.kiln.nn.config.ConfigException if the network has no such layers
   */
  public void check() {
    Tape once = new Tape(network.dtype());
    FeatureModel.record(
        network,
        once,
        once.placeholder(network.spec().inputs().get(0).batch(1)),
        settings.layers());
  }

  /** Paints a picture. */
  public Painted paint(Picture content, Picture style) {
    List<Point> curve = new ArrayList<>();
    Picture painted = content;
    for (int scale = settings.scales() - 1; scale >= 0; scale--) {
      int side = settings.size() >> scale;
      if (side < SMALLEST && scale > 0) {
        continue;
      }
      Picture wanted = content.within(side);
      Picture manner = style.within(Math.max(SMALLEST, (int) (side * settings.styleScale())));
      StyleLoss loss = new StyleLoss(network, settings, normalised(wanted), normalised(manner));
      loss.image().copyFrom(normalised(painted.resized(wanted.height(), wanted.width())));
      if (settings.optimizer() == StyleSettings.Optimizer.ADAM) {
        adam(loss, side, steps(scale), curve);
      } else {
        lbfgs(loss, side, steps(scale), curve);
      }
      painted = picture(loss.image());
    }
    Picture whole = content.resized(painted.height(), painted.width());
    return new Painted(settings.originalColours() ? painted.withColoursOf(whole) : painted, curve);
  }

  /** Small pictures cost little and decide most; the others get as many steps, the largest last. */
  private int steps(int scale) {
    int each = settings.steps() / settings.scales();
    return Math.max(1, scale == 0 ? settings.steps() - each * (settings.scales() - 1) : each);
  }

  private void adam(StyleLoss loss, int side, int steps, List<Point> curve) {
    Adam rule = new Adam(0.9, 0.999, 1e-8);
    Tensor image = loss.image();
    List<Tensor> state =
        List.of(
            Tensor.zeros(image.shape(), image.dtype()), Tensor.zeros(image.shape(), image.dtype()));
    Kernels kernels = Kernels.of(image.dtype());
    for (int step = 1; step <= steps; step++) {
      loss.run();
      curve.add(loss.point(side, curve.size() + 1));
      double share = (double) (step - 1) / steps;
      double rate = settings.rate() * (0.05 + 0.95 * (1 + StrictMath.cos(Math.PI * share)) / 2);
      rule.step(kernels, image, loss.gradient(), state, new Step(step, rate, 1, 0, 0, false));
      clamp(image);
    }
  }

  private void lbfgs(StyleLoss loss, int side, int steps, List<Point> curve) {
    Lbfgs rule = new Lbfgs(steps, 10, 0, 0, LineSearch.STRONG_WOLFE);
    Tensor image = loss.image();
    Tensor w = image.copy();
    int before = curve.size();
    rule.minimize(
        (at, gradient) -> {
          image.copyFrom(at);
          double value = loss.run();
          gradient.copyFrom(loss.gradient());
          if (curve.size() - before < steps) {
            curve.add(loss.point(side, curve.size() + 1));
          }
          return value;
        },
        w);
    image.copyFrom(w);
    clamp(image);
  }

  /** Colours that cannot be shown are none. */
  private static void clamp(Tensor image) {
    int area = image.count() / 3;
    float[] pixels = image.floats();
    for (int c = 0; c < 3; c++) {
      float least = (float) (-MEAN[c] / DEVIATION[c]);
      float most = (float) ((1 - MEAN[c]) / DEVIATION[c]);
      int from = image.offset() + c * area;
      for (int i = from; i < from + area; i++) {
        pixels[i] = Math.max(least, Math.min(most, pixels[i]));
      }
    }
  }

  private static Tensor normalised(Picture picture) {
    Tensor image = Tensor.zeros(Shape.of(1, 3, picture.height(), picture.width()), DType.FLOAT32);
    int area = picture.height() * picture.width();
    for (int i = 0; i < 3 * area; i++) {
      int c = i / area;
      image.set(i, ((picture.planes()[i] & 0xff) / 255.0 - MEAN[c]) / DEVIATION[c]);
    }
    return image;
  }

  private static Picture picture(Tensor image) {
    int area = image.count() / 3;
    byte[] planes = new byte[image.count()];
    for (int i = 0; i < planes.length; i++) {
      int c = i / area;
      double value = image.get(i) * DEVIATION[c] + MEAN[c];
      planes[i] = (byte) Math.max(0, Math.min(255, Math.round(255 * value)));
    }
    return new Picture(image.shape().size(2), image.shape().size(3), planes);
  }
}
