package io.kiln.nn.optim;

import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run of parameters that the optimizer moves with the same settings.
 *
 * @param from where it begins in the flat arrays
 * @param average running average of w, if the rule has one
 * @param weights whether they are weights; if not, biases, gains and offsets
 * @param plain whether they are moved as biases are
 * @param rateFactor of the rule's rate
 * @param decay of these parameters
 */
record Part(
    int from,
    Tensor w,
    Tensor g,
    List<Tensor> state,
    @Nullable Tensor average,
    boolean weights,
    boolean plain,
    double rateFactor,
    double decay) {
  /** Its numbers from (inclusive) to (exclusive), counted from its own begin. */
  Part piece(int at, int end) {
    Shape shape = Shape.of(end - at);
    return new Part(
        from + at,
        w.slice(at, shape),
        g.slice(at, shape),
        state.stream().map(s -> s.slice(at, shape)).toList(),
        average == null ? null : average.slice(at, shape),
        weights,
        plain,
        rateFactor,
        decay);
  }
}
