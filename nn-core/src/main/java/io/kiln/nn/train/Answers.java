package io.kiln.nn.train;

import io.kiln.nn.data.Batch;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** What a network answers, read from the scores it gives. */
public final class Answers {
  private Answers() {}

  /** The first n rows of a batch; shares its tensors. */
  static Batch rows(Batch room, int n) {
    List<Tensor> inputs = new ArrayList<>();
    for (Tensor input : room.inputs()) {
      inputs.add(input.rows(0, n));
    }
    return new Batch(inputs, room.target().rows(0, n));
  }

  /** The class with the highest score in a row of a [rows, classes] matrix; the first if equal. */
  public static int best(Tensor scores, int row, int classes) {
    int best = 0;
    int at = row * classes;
    double most = scores.get(at);
    for (int j = 1; j < classes; j++) {
      double score = scores.get(at + j);
      if (score > most) {
        most = score;
        best = j;
      }
    }
    return best;
  }

  /** How many rows have their target as best class; 0 where targets are no class indices. */
  static int right(Tensor output, Tensor target, Network network) {
    int classes = classes(network, output.shape(), target);
    int right = 0;
    for (int row = 0; classes > 0 && row < target.count(); row++) {
      right += best(output, row, classes) == (int) target.get(row) ? 1 : 0;
    }
    return right;
  }

  /** Number of scores a target index has, or 0 if this is no classification by index. */
  static int classes(Network network, Shape output, Tensor target) {
    int classes = network.spec().classes();
    boolean indexed = classes > 0 && (long) target.count() * classes == output.count();
    return indexed ? classes : 0;
  }
}
