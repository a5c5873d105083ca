package io.kiln.nn.style;

import io.kiln.nn.config.ConfigException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a picture is made.
 *
 * @param size longer side of the result in pixels
 * @param steps steps over all sizes
 * @param scales how many sizes are worked at, each half of the next: what is large is painted first
 * @param content weight of the content loss of each layer, by its number among the features
 * @param style weight of the style loss of each layer
 * @param styleWeight factor of all style losses
 * @param smoothness factor of the total variation
 * @param styleScale longer side of the style picture, in sizes of the result: above 1 for finer
 *     strokes
 * @param optimizer what moves the pixels
 * @param rate learning rate of Adam, in deviations of a pixel
 * @param originalColours whether the result has the colours of the content
 */
public record StyleSettings(
    int size,
    int steps,
    int scales,
    SortedMap<Integer, Double> content,
    SortedMap<Integer, Double> style,
    double styleWeight,
    double smoothness,
    double styleScale,
    Optimizer optimizer,
    double rate,
    boolean originalColours) {
  /** What moves the pixels. */
  public enum Optimizer {
    /** Adam, whose rate falls to nothing as half a cosine. */
    ADAM,
    /** L-BFGS with a line search. */
    LBFGS
  }

  private static final int SMALLEST = 32;

  /** Copies and checks. */
  public StyleSettings {
    content = Collections.unmodifiableSortedMap(new TreeMap<>(content));
    style = Collections.unmodifiableSortedMap(new TreeMap<>(style));
    check(size >= SMALLEST && size <= 4096, "size", size, "32 to 4096");
    check(steps >= 1, "steps", steps, "1 or more");
    check(scales >= 1 && scales <= 6, "scales", scales, "1 to 6");
    check(
        styleWeight >= 0 && Double.isFinite(styleWeight), "style-weight", styleWeight, "0 or more");
    check(smoothness >= 0 && Double.isFinite(smoothness), "smoothness", smoothness, "0 or more");
    check(styleScale > 0 && styleScale <= 4, "style-scale", styleScale, "above 0 and at most 4");
    check(rate > 0 && Double.isFinite(rate), "rate", rate, "above 0");
  }

  /** Good layers and weights of SqueezeNet 1.1. */
  public static StyleSettings squeezenet() {
    return new StyleSettings(
        512,
        150,
        3,
        new TreeMap<>(Map.of(4, 1.0)),
        new TreeMap<>(Map.of(1, 1.0, 3, 1.0, 4, 1.0, 6, 1.0, 7, 1.0, 9, 1.0, 10, 1.0)),
        40,
        0.7,
        1,
        Optimizer.LBFGS,
        0.05,
        false);
  }

  /** The layers of Gatys, Ecker and Bethge 2016 in VGG-19: conv4_2, and conv1_1 … conv5_1. */
  public static StyleSettings vgg19() {
    StyleSettings plain = squeezenet();
    return plain.withLayers(
        new TreeMap<>(Map.of(22, 1.0)),
        new TreeMap<>(Map.of(1, 1.0, 6, 1.0, 11, 1.0, 20, 1.0, 29, 1.0)));
  }

  /** The same with other layers. */
  public StyleSettings withLayers(
      SortedMap<Integer, Double> newContent, SortedMap<Integer, Double> newStyle) {
    return new StyleSettings(
        size,
        steps,
        scales,
        newContent,
        newStyle,
        styleWeight,
        smoothness,
        styleScale,
        optimizer,
        rate,
        originalColours);
  }

  /** All layers whose outputs are compared. */
  SortedSet<Integer> layers() {
    SortedSet<Integer> layers = new TreeSet<>(content.keySet());
    layers.addAll(style.keySet());
    return layers;
  }

  private static void check(boolean right, String key, Number came, String needed) {
    if (!right) {
      throw new ConfigException("style: " + key + " is " + came + " but " + needed + " is needed");
    }
  }
}
