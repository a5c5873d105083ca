package io.kiln.nn.train;

import io.kiln.nn.io.Checkpoint;
import io.kiln.nn.io.CheckpointHead;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything a fit needs to go on exactly where it stood: integers, the flat values, the
 * optimizer's state, the history. Tensors are shared with whoever made it.
 *
 * @param step steps done
 * @param epochSums sums of the epoch under way: loss, weight, right answers, samples, answered
 *     targets
 * @param values all parameters and buffers
 * @param optimizer the optimizer's state by name
 * @param history epochs done
 * @param bestValues values of the best epoch so far and its number, empty if early stopping does
 *     not watch
 */
public record FitState(
    long step,
    double[] epochSums,
    Tensor values,
    Map<String, Tensor> optimizer,
    List<EpochRecord> history,
    Map<String, Tensor> bestValues) {
  private static final String VALUES = "values";
  private static final String BEST = "best";
  private static final String BEST_EPOCH = "best_epoch";
  private static final String OPTIMIZER = "optimizer.";
  private static final String HISTORY = "history";

  /** As a checkpoint, with further metadata. */
  public Checkpoint toCheckpoint(Map<String, String> metadata) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(VALUES, values);
    optimizer.forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
    tensors.putAll(bestValues);
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put("epoch_sums", join(epochSums));
    StringBuilder rows = new StringBuilder();
    for (EpochRecord row : history) {
      rows.append(rows.isEmpty() ? "" : ";")
          .append(
              join(
                  row.epoch(),
                  (double) row.step(),
                  row.trainLoss(),
                  row.trainAccuracy(),
                  row.validationLoss(),
                  row.validationAccuracy(),
                  row.learningRate(),
                  row.seconds(),
                  row.samplesPerSecond()));
    }
    all.put(HISTORY, rows.toString());
    return Checkpoint.of(step, tensors, all);
  }

  /**
   * From a checkpoint.
   *
   * @throws IllegalArgumentException if it lacks something
   */
  public static FitState of(Checkpoint checkpoint) {
    Map<String, Tensor> optimizer = new LinkedHashMap<>();
    Map<String, Tensor> best = new LinkedHashMap<>();
    checkpoint
        .contents()
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(OPTIMIZER)) {
                optimizer.put(name.substring(OPTIMIZER.length()), tensor);
              } else if (name.equals(BEST) || name.equals(BEST_EPOCH)) {
                best.put(name, tensor);
              }
            });
    return new FitState(
        checkpoint.step(),
        numbers(checkpoint.text("epoch_sums")),
        checkpoint.tensor(VALUES),
        optimizer,
        history(checkpoint.text(HISTORY)),
        best);
  }

  /** The epochs that a checkpoint knows of; none if it is of something else. */
  public static List<EpochRecord> history(CheckpointHead head) {
    return history(head.metadata().getOrDefault(HISTORY, ""));
  }

  private static List<EpochRecord> history(String rows) {
    List<EpochRecord> history = new ArrayList<>();
    if (!rows.isEmpty()) {
      for (String row : rows.split(";", -1)) {
        double[] n = numbers(row);
        history.add(
            new EpochRecord((int) n[0], (long) n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]));
      }
    }
    return history;
  }

  /** Values of the best epoch, as {@link #bestValues} has them. */
  static Map<String, Tensor> best(Tensor values, int epoch) {
    return Map.of(BEST, values, BEST_EPOCH, Tensor.of(values.dtype(), Shape.of(1), epoch));
  }

  /** Values of the best epoch if it is that one; what an older Kiln saved does not say. */
  @Nullable Tensor bestOf(int epoch) {
    Tensor saved = bestValues.get(BEST_EPOCH);
    return saved == null || saved.get(0) == epoch ? bestValues.get(BEST) : null;
  }

  private static String join(double... numbers) {
    StringBuilder text = new StringBuilder();
    for (double number : numbers) {
      text.append(text.isEmpty() ? "" : ",").append(number);
    }
    return text.toString();
  }

  private static double[] numbers(String text) {
    String[] words = text.split(",", -1);
    double[] numbers = new double[words.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Double.parseDouble(words[i]);
    }
    return numbers;
  }
}
