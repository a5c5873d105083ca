package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.algebra.Gram;
import io.kiln.nn.op.image.TotalVariation;
import io.kiln.nn.op.loss.DeviationLoss;

/** Losses between images and features of images: style transfer, feature inversion. */
public final class ImageLosses {
  private ImageLosses() {}

  /** By what a Gram matrix of c channels of h × w places is divided. */
  public enum GramNorm {
    /** c·h·w, as in CS231n's assignment 3: loss = weight·Σ (G − A)². */
    SIZE,
    /**
     * 2·c·h·w, so that Σ (G − A)² is the 1 / (4N²M²)·Σ of Gatys, Ecker and Bethge 2016 with N = c
     * and M = h·w.
     */
    GATYS,
    /**
     * h·w: the mean over places, so that layers of all sizes weigh alike; of Johnson, Alahi and
     * Fei-Fei 2016 it is c times theirs.
     */
    AREA,
    /** 1. */
    NONE
  }

  /** Weight·Σ (x − target)², x features {@code [n, c, h, w]}. */
  public static Var content(double weight, Var x, Var target) {
    return DeviationLoss.squares(weight, x, target);
  }

  /** Gram matrices {@code [n, c, c]} of features x {@code [n, c, h, w]}. */
  public static Var gram(GramNorm norm, Var x) {
    double size = (double) x.shape().count() / Math.max(1, x.shape().size(0));
    return Gram.of(
        switch (norm) {
          case SIZE -> 1 / size;
          case GATYS -> 1 / (2 * size);
          case AREA -> 1 / (size / x.shape().size(1));
          case NONE -> 1;
        },
        x);
  }

  /** Weight·Σ (gram(x) − target)², target Gram matrices made with the same norm. */
  public static Var style(double weight, GramNorm norm, Var x, Var target) {
    return DeviationLoss.squares(weight, gram(norm, x), target);
  }

  /** Weight·Σ of squared differences between neighbours of an image x {@code [n, c, h, w]}. */
  public static Var totalVariation(double weight, Var x) {
    return TotalVariation.of(weight, x);
  }
}
