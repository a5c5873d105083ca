package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.Shape;
import java.util.List;

/**
 * Gives each sample another shape of the same count: x [n, …] → y [n, shape…].
 *
 * @param shape sizes of one sample's axes; one may be −1, which is what is left
 */
public record Reshape(List<Integer> shape) implements Layer {
  /** Copies the list. */
  public Reshape {
    shape = List.copyOf(shape);
  }

  /** Reads {@code shape}. */
  public static Reshape from(Settings settings) {
    List<Integer> shape = settings.integers("shape", List.of());
    long open = shape.stream().filter(size -> size == -1).count();
    if (shape.isEmpty() || open > 1 || shape.stream().anyMatch(size -> size < -1)) {
      throw new ConfigException(
          settings.path("shape")
              + ": "
              + shape
              + " came but the sizes of one sample's axes are needed, at most one of them -1");
    }
    settings.finish();
    return new Reshape(shape);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    long known = 1;
    for (int size : shape) {
      known *= size == -1 ? 1 : size; // an overflow is too large for the shape too
    }
    int sample = x.shape().sample().count();
    int[] sizes = new int[shape.size() + 1];
    sizes[0] = x.shape().size(0);
    for (int i = 0; i < shape.size(); i++) {
      sizes[i + 1] = shape.get(i) == -1 ? (int) (sample / Math.max(1, known)) : shape.get(i);
    }
    return io.kiln.nn.op.shape.Reshape.of(x, Shape.of(sizes));
  }
}
