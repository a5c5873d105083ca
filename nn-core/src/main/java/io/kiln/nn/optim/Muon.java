package io.kiln.nn.optim;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Momentum whose matrices are made orthogonal (Jordan et al. 2024, "Muon: an optimizer for hidden
 * layers in neural networks").
 *
 * <p>For a weight as a matrix W [rows, all other axes], g′ = scale·g + decay·w; v = momentum·v +
 * g′; U = g′ + momentum·v with Nesterov, else v; O = {@link NewtonSchulz}(U), whose singular values
 * are near 1; w −= rate·adjust·O. Everything else – biases, gains, weights with one axis, and
 * groups that are {@code plain} – is moved by another rule at the same rate times the group's
 * factor.
 *
 * @param momentum 0.95
 * @param nesterov true
 * @param iterations of Newton and Schulz: 5
 * @param adjust the factor of the rate: {@code rows}
 * @param unitRows whether W is scaled to ‖W‖ = √rows before each step
 * @param others the rule of all other parameters
 */
public record Muon(
    double momentum,
    boolean nesterov,
    int iterations,
    Adjust adjust,
    boolean unitRows,
    Optimizer others)
    implements Optimizer {
  /** The factor of the rate of a matrix. */
  public enum Adjust {
    /** √max(1, rows / columns): PyTorch's "original". */
    ROWS,
    /** 0.2·√max(rows, columns): PyTorch's "match_rms_adamw", for rates as of AdamW. */
    RMS,
    /** 1. */
    NONE
  }

  /**
   * Reads {@code momentum}, {@code nesterov}, {@code iterations}, {@code adjust}, {@code unit-rows}
   * and {@code others}, a section with a rule's {@code type} and settings.
   */
  public static Muon from(Settings settings) {
    return new Muon(
        settings.belowOne("momentum", 0.95),
        settings.flag("nesterov", true),
        settings.atLeast(1, "iterations", 5),
        Adjust.valueOf(
            settings.choice("adjust", "rows", "rows", "rms", "none").toUpperCase(Locale.ROOT)),
        settings.flag("unit-rows", false),
        others(settings));
  }

  private static Optimizer others(Settings settings) {
    if (!settings.has("others")) {
      return new Sgd(0.9, 0, true);
    }
    Settings section = settings.section("others");
    Optimizer rule = Optimizers.of(section);
    section.finish();
    if (rule.traits().reach() != Reach.NEIGHBOURS || rule.traits().fullBatch()) {
      throw new ConfigException(
          section.path("type")
              + ": '"
              + section.text("type", "sgd")
              + "' came but a rule that moves every number by itself is needed, such as sgd or adam");
    }
    return rule;
  }

  @Override
  public List<String> stateNames() {
    List<String> names = new ArrayList<>(List.of("momentum"));
    others.stateNames().forEach(name -> names.add("others-" + name));
    return names;
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    if (!step.weights() || w.shape().rank() < 2 || w.count() == 0) {
      others.step(kernels, w, g, state.subList(1, state.size()), step);
      return;
    }
    int rows = w.shape().size(0);
    int columns = w.count() / rows;
    Tensor v = state.get(0);
    kernels.elementwise().scale(step.scale(), g, g);
    if (step.decay() != 0) {
      kernels.elementwise().accumulate(step.decay(), w, g);
    }
    kernels.elementwise().scale(momentum, v, v);
    kernels.elementwise().accumulate(1, g, v);
    if (nesterov) {
      kernels.elementwise().accumulate(momentum, v, g);
    } else {
      g.copyFrom(v);
    }
    NewtonSchulz.orthogonal(kernels, g, rows, columns, iterations);
    double keep = step.keep();
    if (unitRows) {
      double norm = Math.sqrt(Squares.of(kernels, w));
      keep *= norm > 0 ? Math.sqrt(rows) / norm : 1;
    }
    if (keep != 1) {
      kernels.elementwise().scale(keep, w, w);
    }
    kernels.elementwise().accumulate(-step.rate() * factor(rows, columns), g, w);
  }

  private double factor(int rows, int columns) {
    return switch (adjust) {
      case ROWS -> Math.sqrt(Math.max(1, (double) rows / columns));
      case RMS -> 0.2 * Math.sqrt(Math.max(rows, columns));
      case NONE -> 1;
    };
  }

  @Override
  public Traits traits() {
    return new Traits(true, 0.1, Reach.WHOLE, false, 0.001);
  }
}
