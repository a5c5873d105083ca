package io.kiln.spark.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a training went, step by step, in few points: each stands for as many steps as the others of
 * its series, of which it has the means.
 *
 * @param step the last step of each point
 * @param loss of training
 * @param accuracy of training; null for a regression
 * @param learningRate of the last step
 * @param seconds of one step, of rank 0
 * @param data seconds of it that went into filling batches
 * @param communicate seconds of it that went into sums over workers
 */
public record StepSeries(
    List<Long> step,
    List<Double> loss,
    @Nullable List<Double> accuracy,
    List<Double> learningRate,
    List<Double> seconds,
    List<Double> data,
    List<Double> communicate) {
  /** The most points of a series. */
  public static final int MOST = 500;

  /** Copies the lists; what a JSON does not have is empty. */
  @SuppressWarnings("ConstantValue") // Jackson gives null for what is not there
  public StepSeries {
    step = step == null ? List.of() : List.copyOf(step);
  }

  /** What was before, up to where this begins, and this; every second point until they are few. */
  public StepSeries after(@Nullable StepSeries before) {
    if (before == null || step.isEmpty() || before.step.isEmpty()) {
      return this;
    }
    long own = step.size() > 1 ? step.get(1) - step.get(0) : 1;
    long begins = step.get(0) - own;
    int kept = 0;
    while (kept < before.step.size() && before.step.get(kept) <= begins) {
      kept++;
    }
    if (kept == 0) {
      return this;
    }
    int every = (kept + step.size() + MOST - 1) / MOST;
    return new StepSeries(
        both(before.step, kept, step, every),
        both(before.loss, kept, loss, every),
        before.accuracy == null || accuracy == null
            ? null
            : both(before.accuracy, kept, accuracy, every),
        both(before.learningRate, kept, learningRate, every),
        both(before.seconds, kept, seconds, every),
        both(before.data, kept, data, every),
        both(before.communicate, kept, communicate, every));
  }

  /** Every so many points of these, so that there are no more than that. */
  public StepSeries few(int most) {
    int every = (step.size() + most - 1) / most;
    return every <= 1
        ? this
        : new StepSeries(
            both(List.of(), 0, step, every),
            both(List.of(), 0, loss, every),
            accuracy == null ? null : both(List.of(), 0, accuracy, every),
            both(List.of(), 0, learningRate, every),
            both(List.of(), 0, seconds, every),
            both(List.of(), 0, data, every),
            both(List.of(), 0, communicate, every));
  }

  private static <T> List<T> both(List<T> before, int kept, List<T> after, int every) {
    List<T> all = new ArrayList<>(before.subList(0, kept));
    all.addAll(after);
    List<T> few = new ArrayList<>();
    for (int i = every - 1; i < all.size(); i += every) {
      few.add(all.get(i));
    }
    if (all.size() % every != 0) {
      few.add(all.get(all.size() - 1));
    }
    return few;
  }
}
