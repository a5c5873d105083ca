package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Tensor;

/**
 * What training makes small: a sum over samples, and the weight by which the trainer divides it.
 *
 * <p>Sum and weight are added over slices, shards and workers before the division, so the mean is
 * right however uneven they are. A loss that YAML can name is a class of this package whose name
 * ends in Loss, with a static {@code from(Settings)}.
 */
public interface Loss {
  /** Records the summed loss, shape []; output and target have the batch axis first. */
  Var sum(Var output, Var target);

  /** What the sum of these targets is divided by: usually the number of samples. */
  double weight(Tensor target);
}
