package io.kiln.nn.style;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.ImageLosses;
import io.kiln.nn.loss.ImageLosses.GramNorm;
import io.kiln.nn.op.arithmetic.Add;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.zoo.FeatureModel;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The loss of a picture of one size against a content and a style, and its gradient by the pixels
 * (Gatys, Ecker and Bethge 2016, "Image style transfer using convolutional neural networks").
 *
 * <p>L = Σ over content layers αₗ·Σ (F − P)² / Σ P² + w·Σ over style layers βₗ·Σ (G − A)² / Σ A² +
 * s·(total variation) / (3·h·w), F and P the features of picture and content, G and A the Gram
 * matrices of picture and style. Each loss is a share of what it is compared with, so that weights
 * mean the same in any network and at any size. Not thread-safe; allocates nothing after the first
 * step.
 */
final class StyleLoss {
  private final Tape tape;
  private final Tensor image;
  private final Var pixels;
  private final Var content;
  private final Var style;
  private final Var roughness;
  private final Var loss;

  /**
   * The loss of pictures like the content.
   *
   * @param content normalised pixels [1, 3, h, w]
   * @param style normalised pixels [1, 3, h', w']
   */
  StyleLoss(Network network, StyleSettings settings, Tensor content, Tensor style) {
    SortedMap<Integer, Tensor> wanted = features(network, content, settings.content());
    SortedMap<Integer, Tensor> grams = grams(network, style, settings.style());
    this.image = Tensor.zeros(content.shape(), network.dtype());
    this.tape = new Tape(network.dtype());
    this.pixels = tape.variable(image);
    SortedSet<Integer> layers = settings.layers();
    List<Var> outputs = FeatureModel.record(network, tape, pixels, layers);
    List<Var> contents = new ArrayList<>();
    List<Var> styles = new ArrayList<>();
    int at = 0;
    for (int layer : layers) {
      Var y = outputs.get(at++);
      Double share = settings.content().get(layer);
      Tensor target = wanted.get(layer);
      if (share != null && target != null) {
        contents.add(ImageLosses.content(share / squares(target), y, tape.constant(target)));
      }
      share = settings.style().get(layer);
      target = grams.get(layer);
      if (share != null && target != null) {
        double weight = settings.styleWeight() * share / squares(target);
        styles.add(ImageLosses.style(weight, GramNorm.SIZE, y, tape.constant(target)));
      }
    }
    this.content = sum(contents);
    this.style = sum(styles);
    this.roughness =
        ImageLosses.totalVariation(settings.smoothness() / content.shape().count(), pixels);
    this.loss = Add.of(Add.of(this.content, this.style), roughness);
    tape.plan(loss, this.content, this.style, roughness);
  }

  /** The pixels, to be changed by whoever minimises. */
  Tensor image() {
    return image;
  }

  /** Gradient by the pixels, after {@link #run}. */
  Tensor gradient() {
    return pixels.grad();
  }

  /** Computes loss and gradient of the pixels as they are. */
  double run() {
    tape.replay();
    tape.backward(loss);
    return loss.value().get(0);
  }

  /** What the last run found. */
  StyleTransfer.Point point(int size, int step) {
    return new StyleTransfer.Point(
        size, step, content.value().get(0), style.value().get(0), roughness.value().get(0));
  }

  private Var sum(List<Var> terms) {
    Var sum = tape.constant(Tensor.zeros(Shape.of(), tape.dtype()));
    for (Var term : terms) {
      sum = Add.of(sum, term);
    }
    return sum;
  }

  /** Never 0, so that a black picture has a loss too. */
  private static double squares(Tensor target) {
    double sum = 1e-12;
    for (int i = 0; i < target.count(); i++) {
      sum += target.get(i) * target.get(i);
    }
    return sum;
  }

  private static SortedMap<Integer, Tensor> features(
      Network network, Tensor picture, SortedMap<Integer, Double> layers) {
    return outputs(network, picture, layers, y -> y);
  }

  private static SortedMap<Integer, Tensor> grams(
      Network network, Tensor picture, SortedMap<Integer, Double> layers) {
    return outputs(network, picture, layers, y -> ImageLosses.gram(GramNorm.SIZE, y));
  }

  private interface Seen {
    Var of(Var output);
  }

  private static SortedMap<Integer, Tensor> outputs(
      Network network, Tensor picture, SortedMap<Integer, Double> layers, Seen seen) {
    SortedMap<Integer, Tensor> values = new TreeMap<>();
    if (layers.isEmpty()) {
      return values;
    }
    Tape once = new Tape(network.dtype());
    SortedSet<Integer> numbers = new TreeSet<>(layers.keySet());
    List<Var> outputs =
        FeatureModel.record(network, once, once.constant(picture), numbers).stream()
            .map(seen::of)
            .toList();
    once.plan(outputs.get(outputs.size() - 1), outputs.toArray(Var[]::new));
    once.replay();
    int at = 0;
    for (int layer : numbers) {
      values.put(layer, outputs.get(at++).value().copy());
    }
    return values;
  }
}
