package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.arithmetic.Divide;
import io.kiln.nn.op.shape.Concat;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.op.shape.Slice;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What training makes small: a sum over samples, and the weight by which the trainer divides it.
 *
 * <p>Sum and weight are added over slices, shards and workers before the division, so the mean is
 * right however uneven they are. A loss that YAML can name has a static {@code from(Settings)} and
 * a line in a list: see {@link io.kiln.nn.config.Named}.
 */
public interface Loss {
  /**
   * Records the summed loss, shape [].
   *
   * @param output of the network, batch axis first
   * @param target batch axis first
   * @param weights how much each sample counts {@code [n]}, or null for 1 each
   */
  Var sum(Var output, Var target, @Nullable Var weights);

  /**
   * What the sum of these targets is divided by: usually the number of samples, or what they weigh
   * together.
   *
   * @param weights how much each sample counts {@code [n]}, or null for 1 each
   */
  double weight(Tensor target, @Nullable Tensor weights);

  /** What it takes targets for. */
  TargetKind kind();

  /**
   * By what the value of this loss is multiplied, for outputs and targets that were divided by a
   * number, to be in the units from before: deviation² for squares, deviation for absolutes.
   *
   * @param deviation what they were divided by, above 0
   */
  default double unit(double deviation) {
    return 1;
  }

  /**
   * Records the mean loss, shape []: the sum divided by {@link #weight}, which is computed anew
   * from the targets whenever the tape runs.
   */
  default Var mean(Var output, Var target, @Nullable Var weights) {
    return Divide.of(sum(output, target, weights), LossWeight.of(this, target, weights));
  }

  /** Records the mean loss of samples that count the same. */
  default Var mean(Var output, Var target) {
    return mean(output, target, null);
  }

  /**
   * Records the loss of each sample, shape [n]: what {@link #sum} gives for it alone. One op or
   * more a sample, so it is for looking at samples, not for training.
   */
  default Var each(Var output, Var target) {
    int n = output.shape().size(0);
    Var[] parts = new Var[n];
    for (int i = 0; i < n; i++) {
      Var alone = sum(Slice.of(output, 0, i, i + 1), Slice.of(target, 0, i, i + 1), null);
      parts[i] = Reshape.of(alone, Shape.of(1));
    }
    return Concat.of(0, List.of(parts));
  }

  /** Records the summed loss of samples that count the same. */
  default Var sum(Var output, Var target) {
    return sum(output, target, null);
  }

  /** What the sum of targets is divided by that count the same. */
  default double weight(Tensor target) {
    return weight(target, null);
  }
}
