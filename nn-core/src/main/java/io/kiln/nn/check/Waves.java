package io.kiln.nn.check;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * Numbers for cases that any other program can make too, and sums that stand for a whole tensor.
 *
 * <p>The references of the table come from PyTorch 1.13 in float64, by what is in Java here:
 *
 * <pre>
 * def wave(seed, *sizes):
 *     i = torch.arange(math.prod(sizes), dtype=torch.float64) + 1
 *     return torch.sin(seed + 1.7 * i * i).reshape(sizes)
 *
 * def digest(t):
 *     i = torch.arange(t.numel(), dtype=torch.float64) + 1
 *     return float((torch.cos(i) * t.flatten()).sum())
 *
 * def reference(f, *leaves):                      # f is the op of the row, in torch's words
 *     leaves = [x.clone().requires_grad_() for x in leaves]
 *     y = f(*leaves)
 *     y.backward(wave(99, *y.shape))
 *     return [digest(y)] + [digest(x.grad) for x in leaves]
 * </pre>
 */
final class Waves {
  private static final double STRIDE = 1.7;
  private static final int SEED_OF_GRADIENTS = 99;

  private Waves() {}

  /** Numbers from −1 to 1 without a pattern: element i is sin(seed + 1.7·(i + 1)²). */
  static Tensor wave(int seed, int... sizes) {
    Tensor x = Tensor.zeros(Shape.of(sizes), DType.FLOAT64);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, Math.sin(seed + STRIDE * (i + 1.0) * (i + 1)));
    }
    return x;
  }

  /** The same from 0.5 to 2.5. */
  static Tensor positive(int seed, int... sizes) {
    Tensor x = wave(seed, sizes);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, 1.5 + x.get(i));
    }
    return x;
  }

  /** These numbers in that shape. */
  static Tensor numbers(Shape shape, double... numbers) {
    return Tensor.of(DType.FLOAT64, shape, numbers);
  }

  /** dL/dy from which references go back. */
  static Tensor seed(Shape shape) {
    return wave(SEED_OF_GRADIENTS, shape.sizes());
  }

  /** Σ cos(i + 1)·x[i]: any other numbers, or these in another order, give another sum. */
  static double digest(Tensor x) {
    double sum = 0;
    for (int i = 0; i < x.count(); i++) {
      sum += Math.cos(i + 1.0) * x.get(i);
    }
    return sum;
  }
}
