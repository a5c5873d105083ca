package io.kiln.nn.optim;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.thread.Crew;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The loops of a {@link ParameterUpdate} over flat arrays, each thread with its part of the
 * numbers. What needs a whole parameter – its norm – is worked out between two rounds.
 *
 * <p>The bits are the same for any number of threads: loops go number by number, and are cut where
 * vectors of any width end.
 */
final class SharedUpdate {
  /** Pieces begin at multiples of it. */
  private static final int ALIGN = 64;

  private final ParameterUpdate.Rule rule;
  private final Optimizer optimizer;
  private final @Nullable LayerWise layerWise;
  private final Kernels kernels;
  private final int threads;
  private final Clipper clipper;
  private final @Nullable Part whole;
  private final List<Part> parts;
  private final List<List<Piece>> pieces = new ArrayList<>();
  private final @Nullable Squares squares;
  private final double[] ratios;
  private final Optimizer.Step[] steps;
  private final IntConsumer first = this::first;
  private final IntConsumer second = this::second;
  private final IntConsumer third = this::third;
  private final IntConsumer averages = this::averages;
  private double scale;
  private double keep;

  /** A thread's piece of a part of that number. */
  private record Piece(int number, Part part) {}

  /**
   * The loops for some threads.
   *
   * @param whole all parameters, for an optimizer that moves them together; else null
   */
  SharedUpdate(
      ParameterUpdate.Rule rule,
      Kernels kernels,
      Clipper clipper,
      List<Part> parts,
      @Nullable Part whole,
      int threads) {
    this.rule = rule;
    this.optimizer = rule.optimizer();
    this.layerWise = optimizer instanceof LayerWise one ? one : null;
    this.kernels = kernels;
    this.threads = threads;
    this.clipper = clipper;
    this.parts = parts;
    this.whole = whole;
    this.ratios = new double[parts.size()];
    this.steps = new Optimizer.Step[parts.size()];
    this.squares = layerWise == null ? null : squares();
    int last = parts.size() - 1;
    long count = last < 0 ? 0 : parts.get(last).from() + (long) parts.get(last).w().count();
    for (int thread = 0; thread < threads; thread++) {
      List<Piece> own = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        Part part = parts.get(i);
        if (optimizer.traits().reach() == Optimizer.Reach.WHOLE) {
          if (i % threads == thread) {
            own.add(new Piece(i, part));
          }
          continue;
        }
        int at = cut(part, (int) (thread * count / threads));
        int end =
            thread == threads - 1
                ? part.w().count()
                : cut(part, (int) ((thread + 1) * count / threads));
        if (end > at) {
          own.add(new Piece(i, part.piece(at, end)));
        }
      }
      pieces.add(own);
    }
  }

  /** Where a place of the flat arrays cuts a part. */
  private static int cut(Part part, int place) {
    int inside = Math.max(0, Math.min(part.w().count(), place - part.from()));
    return inside / ALIGN * ALIGN;
  }

  private Squares squares() {
    List<Tensor> tensors = new ArrayList<>();
    for (Part part : parts) {
      if (isWeights(part)) {
        tensors.add(part.w());
        tensors.add(part.g());
      }
    }
    return new Squares(tensors);
  }

  /** How many threads it is for. */
  int threads() {
    return threads;
  }

  /**
   * One step.
   *
   * @param mean factor that makes the gradient sum a mean
   * @param rate learning rate before the factors of groups
   * @param keepOfAverage share of the running average that is kept
   * @return the norm of the mean gradient before the limit, or NaN
   */
  double run(long number, double mean, double rate, double keepOfAverage, Crew crew) {
    double norm = clipper.apply(mean, crew);
    double limit = rule.clipping().norm();
    scale = norm > limit ? mean * (limit / norm) : mean;
    keep = keepOfAverage;
    for (int i = 0; i < steps.length; i++) {
      steps[i] =
          i > 0 && alike(parts.get(i), parts.get(i - 1))
              ? steps[i - 1]
              : step(number, rate, parts.get(i), whole == null);
    }
    crew.run(first);
    if (squares != null && layerWise != null) {
      crew.run(second);
      for (int i = 0, at = 0; i < ratios.length; i++) {
        ratios[i] = 1;
        if (isWeights(parts.get(i))) {
          ratios[i] = layerWise.ratio(squares.of(at), squares.of(at + 1), steps[i]);
          at += 2;
        }
      }
      crew.run(third);
    }
    if (whole != null) {
      optimizer.step(
          kernels, whole.w(), whole.g(), whole.state(), step(number, rate, whole, false));
      crew.run(averages);
    }
    return norm;
  }

  private static boolean alike(Part one, Part other) {
    return isWeights(one) == isWeights(other)
        && one.rateFactor() == other.rateFactor()
        && one.decay() == other.decay();
  }

  private Optimizer.Step step(long number, double rate, Part part, boolean decays) {
    double decay = decays ? part.decay() : 0;
    return new Optimizer.Step(
        number,
        rate * part.rateFactor(),
        scale,
        rule.decay().decoupled() ? 0 : decay,
        rule.decay().decoupled() ? decay : 0,
        isWeights(part));
  }

  private static boolean isWeights(Part part) {
    return part.weights() && !part.plain();
  }

  private void first(int thread) {
    List<Piece> own = pieces.get(thread);
    for (int i = 0; i < own.size(); i++) {
      Part part = own.get(i).part();
      Optimizer.Step step = steps[own.get(i).number()];
      if (rule.decay().l1() != 0 && (part.weights() || rule.decay().biases())) {
        kernels.updates().addSign(rule.decay().l1() / scale, part.w(), part.g());
      }
      if (whole != null) {
        kernels.elementwise().accumulate(part.decay() / scale, part.w(), part.g());
      } else if (layerWise != null) {
        layerWise.direction(kernels, part.w(), part.g(), part.state(), step);
      } else {
        optimizer.step(kernels, part.w(), part.g(), part.state(), step);
        average(part);
      }
    }
  }

  private void second(int thread) {
    if (squares != null) {
      squares.run(kernels, thread, threads);
    }
  }

  private void third(int thread) {
    List<Piece> own = pieces.get(thread);
    for (int i = 0; i < own.size() && layerWise != null; i++) {
      int number = own.get(i).number();
      Part part = own.get(i).part();
      layerWise.move(kernels, part.w(), part.g(), part.state(), steps[number], ratios[number]);
      average(part);
    }
  }

  private void averages(int thread) {
    List<Piece> own = pieces.get(thread);
    for (int i = 0; i < own.size(); i++) {
      average(own.get(i).part());
    }
  }

  private void average(Part part) {
    Tensor average = part.average();
    if (average != null) {
      kernels.updates().average(part.w(), average, keep);
    }
  }
}
