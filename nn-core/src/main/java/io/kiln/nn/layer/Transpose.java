package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.shape.Permute;
import java.util.List;

/**
 * The axes in another order: axis i of y is axis {@code order[i]} of x.
 *
 * <p>Shapes: x {@code [n, a, b]} → y {@code [n, b, a]} for the order [0, 2, 1].
 *
 * @param order all axes, the batch first, as 0; or empty to exchange the last two
 */
public record Transpose(List<Integer> order) implements Layer {
  /** Copies the list. */
  public Transpose {
    order = List.copyOf(order);
  }

  /** Reads {@code order} (the last two axes exchanged). */
  public static Transpose from(Settings settings) {
    List<Integer> order = settings.integers("order", List.of());
    if (!order.isEmpty() && order.get(0) != 0) {
      throw new ConfigException(
          settings.path("order")
              + ": "
              + order
              + " came but the batch stays the first axis; begin with 0");
    }
    settings.finish();
    return new Transpose(order);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    if (!order.isEmpty()) {
      return Permute.of(x, order.stream().mapToInt(Integer::intValue).toArray());
    }
    if (x.shape().rank() < 3) {
      throw new IllegalArgumentException(
          "transpose: x is " + x.shape() + " but two axes after the batch are needed");
    }
    return Permute.transpose(x);
  }
}
