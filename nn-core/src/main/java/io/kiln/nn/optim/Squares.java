package io.kiln.nn.optim;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums of squares of some tensors, which threads share: every {@value #CHUNK} numbers have a sum of
 * their own, and these are added in order. So the bits depend on the tensor alone.
 */
final class Squares {
  static final int CHUNK = 1 << 14;

  private final List<Tensor> chunks = new ArrayList<>();
  private final int[] ends;
  private final double[] sums;

  Squares(List<Tensor> tensors) {
    this.ends = new int[tensors.size()];
    for (int i = 0; i < ends.length; i++) {
      Tensor tensor = tensors.get(i);
      for (int at = 0; at < tensor.count(); at += CHUNK) {
        chunks.add(chunk(tensor, at));
      }
      ends[i] = chunks.size();
    }
    this.sums = new double[chunks.size()];
  }

  private static Tensor chunk(Tensor tensor, int at) {
    return tensor
        .reshape(Shape.of(tensor.count()))
        .slice(at, Shape.of(Math.min(CHUNK, tensor.count() - at)));
  }

  /** The sum of the squares of one tensor. */
  static double of(Kernels kernels, Tensor tensor) {
    double sum = 0;
    for (int at = 0; at < tensor.count(); at += CHUNK) {
      sum += kernels.elementwise().sumOfSquares(chunk(tensor, at));
    }
    return sum;
  }

  /** The first chunk of a thread's part. */
  int first(int part, int parts) {
    return (int) ((long) part * sums.length / parts);
  }

  /** The i-th chunk of all. */
  Tensor chunk(int i) {
    return chunks.get(i);
  }

  /** Which tensor the i-th chunk is of. */
  int tensorOf(int i) {
    int tensor = 0;
    while (ends[tensor] <= i) {
      tensor++;
    }
    return tensor;
  }

  /** One thread's part of the work. */
  void run(Kernels kernels, int part, int parts) {
    for (int i = first(part, parts); i < first(part + 1, parts); i++) {
      sums[i] = kernels.elementwise().sumOfSquares(chunks.get(i));
    }
  }

  /** The sum of a tensor, once all parts are done. */
  double of(int tensor) {
    double sum = 0;
    for (int i = tensor == 0 ? 0 : ends[tensor - 1]; i < ends[tensor]; i++) {
      sum += sums[i];
    }
    return sum;
  }
}
